"""Short forms of first names, English and Russian, as lists hold them beside the full ones."""

from __future__ import annotations

_TOLD = """
    robert: bob bobby rob robbie | william: bill billy will willy | richard: rick ricky dick rich | michael: mike mick
    mickey | james: jim jimmy jamie | john: johnny jack | joseph: joe joey | thomas: tom tommy | charles: charlie chuck |
    david: dave davy | daniel: dan danny | matthew: matt | anthony: tony | steven: steve | stephen: steve | andrew: andy
    drew | edward: ed eddie ted | benjamin: ben benny | samuel: sam sammy | alexander: alex sasha shura sanya | nicholas:
    nick nicky | christopher: chris topher | jonathan: jon jonny | timothy: tim timmy | gregory: greg | kenneth: ken kenny
    | ronald: ron ronnie | donald: don donnie | lawrence: larry | frederick: fred freddie | patrick: pat paddy | peter:
    pete | philip: phil | raymond: ray | gerald: gerry jerry | theodore: ted teddy theo | vincent: vince | walter: walt |
    zachary: zach zack | joshua: josh | jacob: jake | henry: harry hank | elizabeth: liz lizzie beth betty eliza |
    margaret: maggie meg peggy | katherine: kate katie kathy kat | catherine: kate cathy | jennifer: jen jenny | jessica:
    jess jessie | susan: sue susie | deborah: deb debbie | barbara: barb babs | patricia: pat patty | rebecca: becky becca
    | victoria: vicky vika | samantha: sam | alexandra: alex sasha | kimberly: kim | christina: chris tina | christine:
    chris tina | pamela: pam | cynthia: cindy | dorothy: dot dottie | judith: judy | sandra: sandy | nancy: nan | teresa:
    terry tess | amanda: mandy | melissa: mel | stephanie: steph | jacqueline: jackie | abigail: abby | natalie: nat |
    aleksandr: sasha shura sanya alex alik | aleksandra: sasha shura alex | aleksey: lesha lyosha alesha alex | alexey:
    lesha alex | anastasiya: nastya anastasia | anna: anya annushka nyura | antonina: tonya | valentin: valya | valentina:
    valya | valeriy: valera | valeriya: lera | vasiliy: vasya | viktor: vitya victor | viktoriya: vika | vladimir: vova
    volodya | vladislav: vlad vladik | vyacheslav: slava | galina: galya | georgiy: gosha zhora | grigoriy: grisha |
    darya: dasha daria | denis: den | dmitriy: dima mitya dmitry | evgeniy: zhenya evgeny eugene | evgeniya: zhenya |
    ekaterina: katya katerina | elena: lena alena helen | elizaveta: liza | ivan: vanya | igor: igorek | irina: ira |
    konstantin: kostya | kseniya: ksyusha | larisa: lara | leonid: lenya | lyubov: lyuba | lyudmila: lyuda mila | maksim:
    max maks | margarita: rita | marina: marisha | mariya: masha maria | maria: masha | mikhail: misha | nadezhda: nadya |
    natalya: natasha natalia | natalia: natasha | nikita: nik | nikolay: kolya | oksana: ksana | olga: olya | pavel: pasha
    | petr: petya | polina: polya | roman: roma | svetlana: sveta | sergey: serezha seryozha serega | sofya: sonya sofia |
    stanislav: stas | stepan: styopa | tamara: toma | tatyana: tanya tatiana | timofey: tima | fedor: fedya | yuliya:
    yulia | yuriy: yura | yakov: yasha | yaroslav: slava yarik
    """
_FULL: dict[str, set[str]] = {}
for _part in _TOLD.replace("\n", " ").split("|"):
    _name, _, _shorts = _part.partition(":")
    for _short in _shorts.split():
        _FULL.setdefault(_short, set()).add(_name.strip())


def one_name(left: str, right: str) -> bool:
    """Whether one is a short form of the other, or both are of one name, in the spelling of ``latin``."""
    lefts, rights = {left} | _FULL.get(left, set()), {right} | _FULL.get(right, set())
    return not lefts.isdisjoint(rights)
