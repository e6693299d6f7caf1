"""Words the sample is made of. Invented; any likeness to a real company is chance."""

from __future__ import annotations

EN_FIRST = (
    "Alder", "Amber", "Bright", "Cedar", "Clear", "Copper", "Dune", "Ember", "Fair", "Glen", "Harbour", "Hazel", "Iron",
    "Juniper", "Kite", "Lark", "Maple", "North", "Oak", "Pine", "Quarry", "Rowan", "Silver", "Thistle", "Vale", "Willow",
)  # fmt: skip
EN_SECOND = ("bridge", "brook", "field", "ford", "gate", "haven", "mark", "mere", "point", "stone", "water", "yard")
EN_INDUSTRIES = {
    "Software": ("Software", "Systems", "Labs"),
    "Logistics": ("Logistics", "Freight", "Haulage"),
    "Manufacturing": ("Engineering", "Works", "Components"),
    "Retail": ("Retail", "Stores", "Outfitters"),
    "Financial services": ("Capital", "Payments", "Finance"),
    "Healthcare": ("Clinics", "Care", "Diagnostics"),
    "Public sector": ("Council", "Museum", "Trust"),
}
EN_PLACES = (
    ("United Kingdom", "Leeds"), ("United Kingdom", "Bristol"), ("United Kingdom", "Glasgow"), ("Ireland", "Cork"),
    ("United States", "Denver"), ("United States", "Portland"), ("Netherlands", "Utrecht"), ("Germany", "Hamburg"),
    ("Canada", "Halifax"), ("Australia", "Perth"),
)  # fmt: skip
EN_NEWS = {
    "Software": ("released a public API for partners", "opened a support desk that answers around the clock"),
    "Logistics": ("opened a second warehouse", "added forty electric vans to the fleet"),
    "Manufacturing": ("commissioned a new press line", "won a five-year supply contract"),
    "Retail": ("launched click and collect in every store", "opened three stores outside its home town"),
    "Financial services": ("received a licence for instant payments", "started lending to small firms"),
    "Healthcare": ("opened a day clinic", "moved appointments to an online calendar"),
    "Public sector": ("published its plan for the year", "renewed its website"),
}
EN_STACK = ("Salesforce, Snowflake", "HubSpot, BigQuery", "Pipedrive, PostgreSQL", "Dynamics 365, Power BI", "spreadsheets", "")
EN_NAMES = {
    "f": (
        "Alice", "Beth", "Carol", "Diana", "Emma", "Fiona", "Grace", "Hannah", "Isobel", "Joan", "Kate", "Laura", "Megan",
        "Nora", "Olivia", "Priya", "Rachel", "Sofia", "Tessa", "Zoe",
    ),
    "m": (
        "Adam", "Brian", "Colin", "David", "Ethan", "Frank", "George", "Hugo", "Ian", "James", "Kevin", "Liam", "Martin",
        "Nigel", "Omar", "Peter", "Ravi", "Simon", "Tom", "Victor",
    ),
}  # fmt: skip
EN_SURNAMES = (
    "Abbott", "Barker", "Chambers", "Dawson", "Ellis", "Fletcher", "Gibson", "Harper", "Ingram", "Jennings", "Keane", "Lawson",
    "Mercer", "Norris", "O'Brien", "Palmer", "Quinn", "Reeves", "Shaw", "Turner", "Underwood", "Vaughan", "Whitaker", "Young",
    "Smith-Jones", "Patel", "Okafor", "Novak", "Silva", "Larsen",
)  # fmt: skip
EN_POSITIONS = (
    "Chief Executive Officer", "CTO", "Head of Sales", "VP Marketing", "Operations Director", "IT Manager", "Head of Procurement",
    "Marketing Manager", "Chief Financial Officer", "Product Manager", "Founder", "Sales Development Representative",
)  # fmt: skip

RU_FIRST = (
    ("Северный", "severny"), ("Волжский", "volzhsky"), ("Невский", "nevsky"), ("Уральский", "uralsky"), ("Донской", "donskoy"),
    ("Сибирский", "sibirsky"), ("Балтийский", "baltiysky"), ("Камский", "kamsky"), ("Янтарный", "yantarny"), ("Новый", "novy"),
    ("Первый", "pervy"), ("Ясный", "yasny"), ("Тихий", "tihy"),
)  # fmt: skip
RU_SECOND = (
    ("берег", "bereg"), ("путь", "put"), ("мост", "most"), ("дом", "dom"), ("стандарт", "standart"), ("ресурс", "resurs"),
    ("вектор", "vektor"), ("контур", "kontur"), ("причал", "prichal"), ("маяк", "mayak"),
)  # fmt: skip
RU_INDUSTRIES = {
    "Разработка ПО": "разрабатывает программы для складов и магазинов",
    "Логистика": "возит сборные грузы и хранит их на своих складах",
    "Производство": "делает узлы и детали для машиностроения",
    "Розничная торговля": "продаёт товары для дома в своих магазинах и через интернет",
    "Финансовые услуги": "проводит платежи и выдаёт займы малому бизнесу",
    "Медицина": "ведёт приём в собственных клиниках и лабораториях",
    "Госсектор": "работает с обращениями жителей",
}
RU_PLACES = (
    "Москва", "Санкт-Петербург", "Казань", "Екатеринбург", "Нижний Новгород", "Самара", "Пермь", "Томск", "Калининград", "Тула",
)  # fmt: skip
RU_NEWS = {
    "Разработка ПО": ("открыла программный интерфейс для партнёров", "запустила круглосуточную поддержку"),
    "Логистика": ("открыла второй склад", "обновила парк: сорок новых машин"),
    "Производство": ("запустила новую линию", "подписала контракт на поставки на пять лет"),
    "Розничная торговля": ("запустила самовывоз во всех магазинах", "открыла три магазина в соседних городах"),
    "Финансовые услуги": ("получила разрешение на мгновенные платежи", "начала кредитовать малые компании"),
    "Медицина": ("открыла дневной стационар", "перевела запись на приём в интернет"),
    "Госсектор": ("опубликовала план на год", "обновила сайт"),
}
RU_STACK = ("Битрикс24, 1С", "amoCRM, ClickHouse", "1С, Excel", "Мегаплан, PostgreSQL", "")
RU_NAMES = {
    "f": (
        ("Анна", "anna"), ("Мария", "maria"), ("Елена", "elena"), ("Ольга", "olga"), ("Наталья", "natalya"),
        ("Ирина", "irina"), ("Татьяна", "tatyana"), ("Светлана", "svetlana"), ("Юлия", "yulia"), ("Дарья", "darya"),
    ),
    "m": (
        ("Алексей", "alexey"), ("Дмитрий", "dmitry"), ("Иван", "ivan"), ("Михаил", "mikhail"), ("Николай", "nikolay"),
        ("Павел", "pavel"), ("Сергей", "sergey"), ("Фёдор", "fedor"), ("Андрей", "andrey"), ("Кирилл", "kirill"),
    ),
}  # fmt: skip
RU_SURNAMES = (
    ("Иванов", "ivanov"), ("Смирнов", "smirnov"), ("Кузнецов", "kuznetsov"), ("Попов", "popov"), ("Васильев", "vasilyev"),
    ("Соколов", "sokolov"), ("Новиков", "novikov"), ("Морозов", "morozov"), ("Волков", "volkov"), ("Лебедев", "lebedev"),
    ("Козлов", "kozlov"), ("Егоров", "egorov"), ("Орлов", "orlov"), ("Макаров", "makarov"), ("Захаров", "zakharov"),
    ("Беляев", "belyaev"), ("Громов", "gromov"), ("Фомин", "fomin"), ("Щукин", "schukin"), ("Калинин", "kalinin"),
)  # fmt: skip
RU_POSITIONS = (
    "Генеральный директор",
    "Технический директор", "Руководитель отдела продаж", "Директор по маркетингу", "Коммерческий директор",
    "Начальник ИТ-отдела", "Руководитель отдела закупок", "Финансовый директор", "Менеджер по продукту", "Основатель",
    "Менеджер по продажам", "Директор по логистике",
)  # fmt: skip
