"""What simulated people write, by conduct and language."""

from __future__ import annotations

from gtm_pipelines.delivery.sandbox.people import Conduct

PHRASES: dict[tuple[Conduct, str], tuple[str, ...]] = {
    (Conduct.POSITIVE, "en"): (
        "Sounds good. Could we talk on Thursday afternoon?",
        "Thanks for writing, this is relevant for us. Let's schedule a call next week.",
        "Yes, I'm interested. Please send an invite for Tuesday.",
    ),
    (Conduct.POSITIVE, "ru"): (
        "Добрый день! Звучит интересно, давайте созвонимся в четверг.",
        "Спасибо за письмо, тема для нас актуальна. Готовы обсудить на следующей неделе.",
        "Да, нам это интересно. Предложите, пожалуйста, время для звонка.",
    ),
    (Conduct.NEGATIVE, "en"): (
        "Thanks, but we are not interested at the moment.",
        "We already have a solution for this and are happy with it.",
        "No thanks, this is not a priority for us this year.",
    ),
    (Conduct.NEGATIVE, "ru"): (
        "Спасибо, но сейчас нам это не интересно.",
        "Здравствуйте. Для нас это не актуально, решение уже есть.",
        "Нет, спасибо, в этом году не планируем.",
    ),
    (Conduct.INFORMATION_REQUEST, "en"): (
        "Could you send more information and your pricing?",
        "How does this work with Salesforce, and what does it cost?",
        "Can you share a case study from our industry?",
    ),
    (Conduct.INFORMATION_REQUEST, "ru"): (
        "Добрый день! Пришлите, пожалуйста, презентацию и стоимость.",
        "Сколько это стоит и как долго внедряется?",
        "Расскажите подробнее, есть ли примеры из нашей отрасли?",
    ),
    (Conduct.UNSUBSCRIBE, "en"): (
        "Please remove me from your list.",
        "Unsubscribe me, please. Do not contact me again.",
    ),
    (Conduct.UNSUBSCRIBE, "ru"): (
        "Пожалуйста, удалите меня из рассылки.",
        "Отпишите меня и больше не пишите.",
    ),
    (Conduct.AUTO_REPLY, "en"): (
        "I am out of the office until {back} with limited access to email.",
        "Thank you for your message. I am on annual leave and will be back on {back}.",
    ),
    (Conduct.AUTO_REPLY, "ru"): (
        "Здравствуйте! Я в отпуске до {back}, отвечу после возвращения.",
        "Добрый день. Меня не будет в офисе до {back}.",
    ),
}
