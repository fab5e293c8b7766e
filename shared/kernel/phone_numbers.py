"""Phone numbers as people write them and as they are kept: E.164, from China where nothing else is said."""

import unicodedata

import phonenumbers

from shared.i18n.text import Text
from shared.kernel.errors import Fault

HOME = "CN"
LONGEST = 32  # as written, with all its blanks and signs


class NotAPhone(Fault):
    code = "not-a-phone"
    status = 422
    says = Text(
        "电话号码不对，请填 11 位手机号，例如 190 0000 0000；境外号码以 + 和国家代码开头。",
        "This is no phone number: 11 digits for a Chinese mobile, such as 190 0000 0000; + and the country code for others.",
    )


def e164(written: str) -> str:
    """`190 0000-0001`, `１９０００００００１`, `+86 …` → `+8619000000001`. Raises NotAPhone."""
    plain = unicodedata.normalize("NFKC", written)
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException:
        raise NotAPhone from None
    if len(plain) > LONGEST or number.extension or not phonenumbers.is_valid_number(number):
        raise NotAPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken(phone: str) -> str:
    """In groups, as it is read out; with its country code unless it is from here."""
    number = phonenumbers.parse(phone)
    here = number.country_code == phonenumbers.country_code_for_region(HOME)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if here else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
