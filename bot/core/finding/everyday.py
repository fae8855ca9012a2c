"""English words of everyday life, chat and office: correct as they stand, and no sign of what a message is about.

A list of the language, made without regard to any summary; it holds no word for being frequent or rare in one.
"""

from functools import cache

from bot.core.words import stem

EVERYDAY = frozenset(
    """
    able absolutely accident account actual add address admin afternoon agenda ago agree agreed aha ahead air airport
    alarm alive alone along alright amazing angry announce announcement answer anymore anyway apartment apologies app
    apple approve approved april area arm arrive arrived art ask asked asking asleep assign assigned assume attach
    attached attend august aunt autumn available awake awesome awful baby badge bag bake baking ball band bank bar
    basically bath bathroom battery beach beautiful bed bedroom beer begin begins begun believe bell best bet better
    bicycle big bigger bike bill bin bird birthday bit bite black blame blanket blog blue board boat body book booked
    booking boots boring born borrow boss bottle bottom bought box boy branch bread break breakfast breaks breath
    bridge bright bring bringing broke broken brother brought brown brush budget build building burn burrito bus
    business busy butter button buy bye cable cafe cake calendar call called calling calls calm camera camping cancel
    cancelled car card care career careful carpet carry case cash cat catch catering caught cause celebrate centre
    chair chance change changed changes channel charge charger charging chat cheap check checked checking cheers
    cheese chef chicken child children chill chocolate choose christmas church cinema city class clean cleaned cleaner
    clear client climb clock close closed clothes cloud coach coat coffee cold colleague colleagues college colour
    comment comments commit common company complain complete computer conference confirm confirmed congrats
    congratulations connect contact contract conversation cook cookie cookies cooking cool copy corner correct cost
    costs couch cough count country couple course cousin covered cream crazy credit cricket cross cry cup customer
    customers cut cute cycling dad daily dance dark date daughter day days dead deadline deal dear december decide
    decided deck delay delayed delicious deliver delivered delivery demo dentist department depends desk dessert
    dinner dirty discount discuss discussion dish dishes display doc doctor docs document dog door double doubt draft
    drank draw dream dress drink drinks drive driver driving drop dropped dry due dust duty ear early earlier easier
    easily east easter easy eat eating edit egg eggs electricity elevator email emails emergency empty end ended
    ending energy engine english enjoy enjoyed enough enter entire envelope error evening event events exactly exam
    example excellent except excited exciting excuse exercise exit expect expense expenses expensive explain extra eye
    eyes fabulous face fact fair fall family fan fancy fantastic far fast faster fault favour favourite february
    feedback feel feeling feels feet fell felt festival fever fight figure file files fill film final finally fine
    finger finish finished fire fish fit fix fixed flat flight floor flowers fly flying folder folks follow food foot
    football forest forget forgot form forward found free fresh friday friend friends fridge front fruit full fun
    funny future game games garage garden gas gather gift girl glad glass glasses goal goals golf good goodbye google
    grab grandma grass great green grey grill grocery ground group grow guess guest guests guitar guy guys gym hair
    half hall halloween hand handle hands handy hang happen happened happens happy hard harder hat hate head headache
    headphones heads health healthy hear heard heart heat heating heavy height help helped helpful helping helps high
    hike hiking hill hire hiring history hit hobby hold holiday holidays home honest honestly hope hopefully hoping
    horrible horse hospital host hot hotel hour hours house hug huge hundred hungry hurry hurt husband ice idea ideas
    ill imagine important inbox inform info information inside insurance interest interested interesting interview
    interviews intro invite invited invoice issue issues jacket jam january jeans job jobs join joined joining joke
    juice july jump june keyboard keys kid kids kitchen kitten knew knee knife knock lady lake lamp language laptop
    large last late later latest laugh laundry lead leader learn leave leaves leaving left leg lemon letter level
    licence lift light lights likely line link links list listen little live lives living local lock locked log login
    logo lol long longer look looked looking looks lose loss lost loud love loved lovely low luck lucky lunch machine
    mail mall man manage manager managers map march mark market marriage married match matter mayor meal meals meat
    medicine meet meeting meetings mention mentioned menu merge merged mess message messages met metre mid middle
    midnight mike milk min mind minute minutes mirror miss missed missing mistake model mom moment monday money month
    monthly months mood moon morning mother mountain mouse mouth move moved movie movies moving mug mum museum music
    mute muted name names national near nearly neck neighbour nervous new news newsletter next nice night noise noisy
    noon normal normally north nose note notes notice november number numbers nurse october odd offer office
    officially often old onboarding online open opened opening opinion option options orange order ordered organise
    outdoors outside oven owe owner package packed page paid pain paint pair pancakes pants paper parcel parents park
    parking part partner party pass passed passport password past pasta pay paying payment payroll pen pencil people
    perfect perfectly permission person personal pet phone photo photos piano pick picked picnic picture pictures pie
    piece pillow ping pink pizza place places plan plane planning plans plant plants plate play played player playing
    plenty plug plus pm pocket point points police policy polite pool poor popcorn possible possibly post posted
    potato practice prefer prepare present presentation presents press pretty price print printer private prize
    probably problem problems process profile project projects promise promotion proper pub public pull push quarter
    question questions queue quick quickly quiet quietly quit radio rain raining ran raw reach read reader reading
    ready real reason receipt receive received recipe record recording red refund regarding regards relax remember
    remind reminder remote rent repair reply report reports request reschedule reservation reserve rest restaurant
    retro return returned review reviewed reviewer reviews rice rich ride right ring river road roll roof room rooms
    rough round row rule rules run running rush sad safe salad salary sale salt sandwich saturday sauce save saved saw
    says schedule scheduled school scissors screen screenshot sea search season seat seats second secret section
    secure self sell send sending sent september serious seriously server service session set settings several share
    shared sharing sheet shift ship shirt shit shoe shoes shoot shop shopping short shortly shot shoulder shout shower
    shut sick side sign signed silly similar simple simply sing single sink sister sit site sitting size skiing skip
    skirt sky slack sleep sleeping slept slide slides slow slowly small smart smell smile smoke snack snacks snow soap
    soccer social sock socks sofa soft sold solid solution solve song sorry sort sorted sound sounds soup south space
    spare speak speaker special spell spend spent spoke spoon sport sports spot spread spring sprint square stage
    stairs stand standup star start started starting starts station stay stayed steak steal step steps stick sticker
    stomach stone stop stopped stops store story straight strange street stress strike string strong stuck student
    stuff stupid style subject sudden suddenly sugar suggest suit summer sun sunday sunny super supper support suppose
    supposed surprise surprised sweater sweet swim swimming switch table tail takeaway talk talked talking tall task
    tasks tasty taxi tea teach teacher team teams teeth telephone tennis term terrible test text thank thanksgiving
    theatre thick thin thirsty thought thoughts thousand throw thursday ticket tickets tidy tight till time times tiny
    tip tired title toast today toilet tomato tomorrow tone tonight top topic total totally touch tour towel town toy
    track traffic train trains transfer translate trash travel tree trip trouble trousers truck true trust truth try
    trying tuesday turkey turn turned twice type ugly umbrella uncle understand understood unfortunately uniform
    university unless update updated updates upload upset upstairs urgent usual vacation vegan vegetables vegetarian
    version vet video view village violin visit visited visitors voice vote wait waiting wake walk walked walking wall
    wallet wanna wanted warm warning wash watch watched watching water wave weak wear weather web website wedding
    wednesday week weekend weekly weeks weight weird welcome west wet wheel white whiteboard whole wide wife wifi wild
    win wind window windows wine winter wish woke woman women won wonder wonderful wondering wood wool word words work
    worked working workout works world worried worry worse worst worth wow write writing written wrong wrote yard yeah
    year years yellow yep yesterday yoga young zip zone zoo zoom
    """.split()
)


def is_everyday(word: str) -> bool:
    """Whether a word, or a stem, is one of everyday English, or a number."""
    return word in EVERYDAY or stem(word) in _stems() or word[0].isdigit()


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(stem, EVERYDAY))
