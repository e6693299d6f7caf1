"""The words of job titles, English and Russian, in the order in which they are believed.

Each value is a list of phrases in small letters without signs (``ё`` as ``е``). ``*``
stands for the rest of a word, ``^`` and ``$`` for the ends of the title.
"""

from __future__ import annotations

ASSISTANTS = """
    assistant to, assistant of, executive assistant, personal assistant, administrative assistant, office assistant,
    ceo assistant, director assistant, assistant$, pa to, ea to, executive secretary, ^secretary, receptionist, office
    manager, помощник*, ассистент*, секретар*, референт*, офис менеджер*, делопроизводител*
"""
"""Who works for somebody of the rank that the title names as well."""
DEPUTIES = """
    deputy, vice, associate, assistant, заместител*, зам, и о, врио
"""
"""Who stands one step below the rank that follows."""
BELOW = """
    reporting to *, chief of staff, account director, account executive, product owner, process owner, service owner,
    business partner, channel partner, partner manager, главный инженер проекта
"""
"""Phrases that hold a word of rank and mean none."""

SENIORITIES = {
    "intern": """
        intern, interns, internship, trainee, apprentice, working student, werkstudent, praktikant, praktikantin,
        стажер*, практикант*
    """,
    "founder": """
        founder, founders, cofounder, co founder, founding partner, owner, co owner, business owner, proprietor,
        inhaber, inhaberin, основател*, сооснователь*, учредител*, владелец, владелица, совладел*, собственни*,
        ^ип$, индивидуальный предприниматель
    """,
    "vp": "vp, svp, evp, avp, gvp, v p, vice president, vice pres, senior vice president, вице президент*",
    "c_level": """
        ceo, cfo, coo, cto, cmo, cro, cio, ciso, chro, cpo, cpto, cdo, cso, cco, clo, cxo, cbo, cao, chief *
        officer, chief executive, chief financial, chief * and * officer, chief * * officer, chief * * * officer,
        president, managing director, managing partner, general director, general manager, executive director,
        director general, chairman, chairwoman, chairperson, chair of the board, board member, member of the
        board, md, geschaftsfuhrer, geschaftsfuhrerin, vorstand, gerant, pdg, генеральн* директор*, ген дир*, фин дир,
        ком дир, тех дир,
        гендир*, исполнительн* директор*, управляющ* директор*, управляющ* партнер*, президент*, председател*,
        член правления, член совета директоров, ^директор$, ^и о директора$, директор ооо, директор ао, директор
        компании, директор предприятия, директор фирмы, директор организации, финансов* директор*, коммерческ*
        директор*, техническ* директор*, операционн* директор*, руководитель организации, руководитель компании,
        руководитель предприятия, глава компании, директор по информационным технологиям
    """,
    "director": """
        director, directors, directeur, directrice, direktor, direktorin, direttore, regional director, директор*,
        partner
    """,
    "head": """
        head, heads, leiter, leiterin, department chief, chief, principal, руководител*, начальни*, заведующ*,
        зав, глава, главный бухгалтер, главного бухгалтера, главбух, гл бухгалтер, главный инженер, главный
        редактор, рук, нач
    """,
    "manager": """
        manager, managers, mgr, team lead, teamlead, tech lead, lead, leader, supervisor, foreman, team leader,
        тимлид*, лид, управляющ*, прораб, мастер участка, бригадир, руководитель группы, администратор магазина
    """,
    "senior": "senior, sr, staff engineer, expert, iii, ведущ*, старш*, эксперт*, главный специалист, главный, сеньор",
    "junior": "junior, jr, entry level, младш*, джуниор",
}
"""How much a title says somebody decides. Not in the order of rank: an intern of the CEO is an intern."""
RANKS = ("founder", "c_level", "vp", "director", "head", "manager", "senior", "individual", "junior", "intern")
"""Every seniority, from who decides most to who decides least."""

FUNCTIONS = {
    "customer_success": """
        customer success, client success, customer experience, клиентск* успех*, клиентск* сервис*, клиентск*
        опыт*
    """,
    "support": """
        support, customer service, customer care, help desk, helpdesk, service desk, call center, contact center,
        поддержк*, колл центр*, контакт центр*, обслуживани* клиентов
    """,
    "public_relations": """
        public relations, pr, communications, press, spokesperson, связям с общественностью, пресс секретар*,
        пресс служб*, коммуникациям, пиар
    """,
    "hr": """
        hr, hrbp, human resources, people operations, people and culture, chief people, head of people, vp people,
        people partner, talent, recruiter, recruiting, recruitment, chro, personnel, human capital, кадр*,
        персонал*, рекрутер*, рекрутинг*, подбор*, эйчар*
    """,
    "procurement": """
        procurement, purchasing, buyer, sourcing, category manager, закуп*, снабжен*, категорийн* менеджер*,
        тендер*
    """,
    "sales": """
        sales, sdr, bdr, business development, biz dev, bizdev, account executive, account manager, account
        director, key account, partnerships, partner manager, channel manager, revenue, cro, commercial, chief
        commercial, cco, sales engineer, presales, pre sales, vertrieb, ventes, ventas, продаж*, сбыт*,
        коммерческ*, развити* бизнеса, развитию, торгов* представител*, клиентск* менеджер*, по работе с
        клиентами, по работе с ключевыми клиентами, менеджер по клиентам
    """,
    "marketing": """
        marketing, marketer, cmo, growth, demand generation, brand, seo, smm, ppc, content, copywriter,
        advertising, digital, social media, crm marketing, маркетинг*, маркетолог*, реклам*, бренд*, контент*,
        копирайтер*, таргетолог*, интернет маркетолог*
    """,
    "legal": """
        legal, lawyer, attorney, counsel, general counsel, paralegal, solicitor, compliance, clo, company
        secretary, юрист*, юридическ*, правов*, адвокат*, юрисконсульт*, комплаенс*
    """,
    "finance": """
        finance, financial, cfo, accountant, accounting, accounts payable, accounts receivable, controller,
        controlling, treasurer, treasury, tax, audit, auditor, bookkeeper, investor relations, billing, payroll,
        investment, финанс*, бухгалтер*, главбух, бухучет*, экономист*, казначе*, аудитор*, аудит*, налог*,
        контролер финанс*, инвестиц*
    """,
    "design": """
        design, designer, ux, ui, art director, creative director, creative, illustrator, дизайн*, арт директор,
        креатив*, проектировщик интерфейсов
    """,
    "security": """
        ciso, information security, cyber security, cybersecurity, security engineer, it security, infosec,
        security, безопасност*
    """,
    "data": """
        data, analytics, business intelligence, bi, machine learning, ml, ai, artificial intelligence, cdo,
        analyst, аналитик*, данны*, машинн* обучени*
    """,
    "quality": "quality, qa, qc, tester, testing, test engineer, качеств*, тестиров*, отк, метролог*",
    "it": """
        it, cio, information technology, information systems, sysadmin, system administrator, systems
        administrator, network administrator, network engineer, it director, ит, айти, информационн* технолог*,
        информатизац*, системн* администратор*, сисадмин*, автоматизац*, асу
    """,
    "engineering": """
        engineering, engineer, cto, software, developer, development engineer, programmer, devops, sre, frontend,
        backend, full stack, fullstack, architect, technology, technical director, technical, tech lead, web
        developer, java, python, инженер*, разработчик*, разработк*, программист*, техническ*, технолог*,
        архитектор*, девопс, конструктор*, энергетик*, механик*
    """,
    "product": "product, product owner, cpo, cpto, продукт*, продакт*",
    "projects": "project, program manager, programme manager, scrum master, pmo, agile coach, проект*, рп",
    "research": """
        research, researcher, scientist, r and d, innovation, laboratory, исследован*, научн*, ученый, лаборатор*,
        ниокр, инновац*
    """,
    "logistics": """
        logistics, supply chain, warehouse, transport, transportation, fleet, shipping, customs, логист*, склад*,
        транспорт*, вэд, цепочк* поставок, поставк*, таможен*, водител*
    """,
    "production": """
        production, manufacturing, plant, factory, process engineer, maintenance, производств*, завод*, цех*,
        цеха, эксплуатац*, мастер участка
    """,
    "construction": """
        construction, site manager, civil, строительств*, строительн*, прораб, капитальн* строительств*, пто,
        сметчик*
    """,
    "medical": """
        doctor, physician, nurse, medical, surgeon, clinical, dentist, pharmacist, врач*, медицинск*, медсестр*,
        фармацевт*, провизор*, стоматолог*
    """,
    "education": """
        teacher, professor, lecturer, instructor, trainer, education, learning, dean, tutor, учител*,
        преподавател*, педагог*, тренер*, обучени*, образован*, ректор*, декан*, доцент*
    """,
    "consulting": "consultant, consulting, advisor, adviser, консультант*, консалтинг*, советник*",
    "operations": """
        operations, coo, ops, operating, facility, facilities, franchise, store manager, branch manager,
        операционн*, операци*, управляющ* магазин*, хозяйств*, ахо, ахч
    """,
    "administration": """
        administration, administrator, administrative, admin, office, clerk, back office, администратор*,
        административн*, делопроизвод*, канцеляр*
    """,
    "executive": """
        ceo, chief executive, president, managing director, managing partner, general director, general manager,
        executive director, director general, founder, cofounder, co founder, owner, co owner, chairman,
        chairwoman, chairperson, md, board member, member of the board, partner, geschaftsfuhrer,
        geschaftsfuhrerin, vorstand, inhaber, pdg, gerant, chief of staff, proprietor, entrepreneur, strategy,
        ^director$, ^head$, генеральн* директор*, ген директор*, гендир*, исполнительн* директор*, управляющ*,
        президент*, председател*, основател*, учредител*, владел*, совладел*, собственни*, партнер*, директор*,
        руководител*, глава, предпринимател*, ^ип$, член правления, стратег*
    """,
}
"""What somebody works on. General words of rank stand last, so that the head of a department gets the department."""
