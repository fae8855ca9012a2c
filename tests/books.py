"""Three small books to look something up in: bees, bread, and tea in Chinese."""

from bot.core.finding import search
from bot.core.library import EVERYTHING, Library, Scope
from bot.core.reading.parser import parse

BEES = """---
title: Keeping bees
kind: talk
---

## Key ideas
- **Swarms follow crowding:** A colony that has run out of room will swarm. {#crowding same=swarm-cause}

## Conclusion
- Whoever looks into the hive each week is seldom surprised. {#conclusion}

## All key ideas
### Life in the hive {#hive}
- **Why a colony swarms:** When the queen has no room to lay, half of the colony leaves. {#swarm-cause}
- **Varroa drains the brood:** The mite feeds on larvae; above 3 in 100 bees a colony rarely survives. {#varroa}
  = mite infestation
  ~ the whole box was dead after the cold months
- **Winter cluster:** Bees form a ball and shiver; re-insulating saves 10,000 calories a night. {#winter-cluster}
- **Nectar becomes honey:** Evaporation takes the water out until 18 per cent is left. {#nectar}
- **The colour of the queen's mark:** Paint organises the years: generations are told apart. {#queen-mark}

## All lessons learnt
### The beekeeper's year {#year}
- **Add boxes early:** Give a colony room before it wants it, and the swarm stays at home. {#add-boxes}
- **Count mites in August:** Count with powdered sugar and treat at once, or winter bees are weakened. {#count-mites}
- **Feed after the harvest:** Ten kilos of syrup replace what was taken; feed at dusk so that nobody robs. {#feed}
"""
BREAD = """---
title: Bread at home
kind: paper
---

## All key ideas
### Flour and time {#flour}
- **Autolyse:** Flour and water left alone for half an hour build gluten without any kneading. {#autolyse}
- **Time-temperature trade:** Fermentation at 5 degrees takes a night where 25 take two hours. {#fermentation}
- **Room for steam:** Steam in the first ten minutes keeps the crust soft enough to rise. {#steam}
"""
TEA = """---
title: 茶
kind: talk
---

## All key ideas
### 水 {#water}
- 泡绿茶的水温不应超过八十度。 {#green}
- 红茶需要沸水才能泡出香味。 {#black}
- 抹茶は竹の茶筅で泡立てる。 {#matcha}
"""
LIBRARY = Library([parse(BEES, "bees").summary, parse(BREAD, "bread").summary, parse(TEA, "tea").summary])
INDEX = search.Index(LIBRARY)


def found(query: str, scope: Scope = EVERYTHING, limit: int = 5) -> list[str]:
    return [hit.entry.id for hit in search.look_up(INDEX, query, scope, limit).hits]
