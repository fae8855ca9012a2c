"""A small summary of the tests' own, in both forms of the format."""

from bot.core.library import Library
from bot.core.reading.parser import parse

RAW = """Talk Summary
☀️ Quick Takes
Is this Talk Clickbait?
No: it keeps what it promises.
1-Sentence-Summary
A walk through a year in a community garden.
Favorite Quote from the Author
soil is a bank and you had better not overdraw it
💨 tl;dr
Feed the soil, share the watering, and write down what you planted.
💡 Key Ideas
- Compost feeds the worms, and worms feed the beds.
* A watering rota at 10:30 beats good will,
  even in a wet summer.
• See https://garden.example/rota: it is public.
🎓 Lessons Learnt
-
Mulch early: Cover bare soil before the first hot week, e.g. in May.
-
Label everything. A tray without a label is a guess by June.
🌚 Conclusion
A garden lasts as long as its keepers talk.
In-Depth
Worried about missing something? All of it is here.
All Key Ideas
Soil and water
- Worms turn kitchen scraps into compost that feeds the beds.
- Clay holds water for weeks.
People
1. Keepers who meet weekly stay for years.
All Lessons Learnt
Before spring
- Mulch early. Bare soil dries out, so cover it well before the first hot week of the year.
- Sharpen the tools in winter.
Want to get your own summary?
"""

KEPT = """---
title: A year in the garden
kind: talk
---

## One sentence
- A walk through a year in a community garden. {#one-sentence}

## Favourite quote
- soil is a bank and you had better not overdraw it {#quote}

## Key ideas
- **Worms at work:** Compost feeds the worms, and worms feed the beds. {#worms same=worm-compost}

## Lessons learnt
- **Mulch early:** Cover bare soil before the heat. {#mulch same=mulch-first}
- **Label everything:** A tray without a label is a guess by June. {#labels}

## All key ideas

### Soil and water {#soil}
- **Worms make compost:** Worms turn kitchen scraps into compost that feeds the beds. {#worm-compost}
  ~ what do we do with all the peelings
  = vermicompost
- **Clay holds water:** Clay keeps its moisture for weeks. {#clay}

## All lessons learnt

### Before spring {#before-spring}
- **Cover the soil:** Mulch bare soil well before the first hot week, or it dries out. {#mulch-first}
- **Sharp tools:** Sharpen spades and shears in winter. {#sharp-tools}
"""


def garden() -> Library:
    """The kept summary as a library."""
    return Library([parse(KEPT, "garden").summary])
