"""Find numbers in Chinese text and write them in digits.

cn2an turns one number into digits, and does that well. What is a number it does not know: left to
itself it makes "1个人" of "一个人" and "10分感谢" of "十分感谢". So the finding is done here, and
cn2an only gets what is surely a number. What stays in words:

- single digits and a bare 十, for they are numbers only sometimes (一起, 十分); but in dates, in
  times, in decimals and before a percentage they are;
- idioms, fractions (三分之一) and about-numbers (十几, 几十万, 三四十);
- two or three digits in a row (三三两两, 一三五), unless three hold a zero (一零二室).

万 and 亿 stay as words where nothing follows them, as people write: 350万, 1亿3000万.
"""

from __future__ import annotations

import re

_DIGITS = "零〇一二三四五六七八九"
_UNITS = "十百千万萬亿億"
_NUMERAL = f"[{_DIGITS}幺两兩{_UNITS}]"
_POINT = "[点點]"
_IDIOMS = (
    "一千零一夜", "十万八千里", "十萬八千里", "十万火急", "十萬火急", "一五一十", "七七八八",
    "二百五", "五十步笑百步", "五十步笑一百步", "八九不离十", "八九不離十", "三十而立", "四十不惑",
    "三百六十行", "三十六计", "三十六計", "十八般武艺", "十八般武藝", "七十二变", "七十二變",
    "双十一", "雙十一", "双十二", "雙十二", "三三五五",
)  # fmt: skip
_CANDIDATE = re.compile(
    f"(?P<idiom>(?:{'|'.join(_IDIOMS)})(?!{_NUMERAL}))"
    f"|(?P<percent>百分之)?(?P<whole>{_NUMERAL}+)(?:{_POINT}(?P<part>{_NUMERAL}+))?"
)
# Before a number: parts of a word, or what makes it less than exact.
_NO_NUMBER_BEFORE = re.compile("(?:[几幾数數]|分之|[0-9.]|[統统唯之单單同专專周週期逐合](?=一))$")
_NO_NUMBER_AFTER = re.compile("[几幾]|分之|[0-9]|假期|黄金周|黃金周|长假|長假|(?<=百)[货貨姓]")
_DAYTIME = re.compile("(?:上午|下午|早上|早晨|晚上|中午|凌晨|傍晚|清晨|今晚|明早|夜里|夜裡)$")
_COUNTED = re.compile("[个個位名人块塊元]")  # "三点二十个人" is no time
_AFTER_DECIMAL = re.compile(  # a unit of measure, or nothing Chinese
    "[倍米厘毫公千元块塊度级級斤克吨噸升秒岁歲寸版代]|[个個]百分|[^\u3400-\u9fff]|$"
)
_DAY_FOLLOWS = re.compile(f"月{_NUMERAL}{{1,3}}[日号號]")
_SIMPLE = str.maketrans("兩萬億〇", "两万亿零")


def digits_in_chinese(text: str) -> str:
    """Return the text with its spoken numbers in digits."""
    return _CANDIDATE.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    if match["idiom"]:
        return match[0]
    before, after = match.string[: match.start()], match.string[match.end() :]
    whole, part = match["whole"].translate(_SIMPLE), (match["part"] or "").translate(_SIMPLE)
    if match["percent"]:
        number = "100" if whole == "百" else _decimal(whole, part) if part else _convert(whole)
        return f"{number}%" if number else match[0]
    if _NO_NUMBER_BEFORE.search(before + whole[0]) or _NO_NUMBER_BEFORE.search(before):
        return match[0]
    if part:
        return _with_point(match, whole, part, before, after) or match[0]
    if _NO_NUMBER_AFTER.match(match.string, match.end()):
        return match[0]
    return _date(whole, before, after) or _number(whole, before, after) or match[0]


def _with_point(match: re.Match[str], whole: str, part: str, before: str, after: str) -> str | None:
    """Write a time (三点二十, 3点20) or a decimal (三点一四, 3.14)."""
    is_daytime = bool(_DAYTIME.search(before)) or after.startswith("分")
    if "十" in part or (is_daytime and part[0] == "零"):
        return None if _COUNTED.match(after) else _time(whole, part, match[0])
    if is_daytime:
        return None
    has_unit = part[-1] in "万亿"
    if len(part) == 1 and not _AFTER_DECIMAL.match(after):
        return None
    number = _decimal(whole, part.rstrip("万亿"))
    return number + match[0][-1] if number and has_unit else number


def _time(hour: str, minute: str, original: str) -> str | None:
    n_hours, n_minutes = _value(hour), _value(minute.removeprefix("零"))
    if n_hours is None or n_minutes is None or n_hours > 24 or n_minutes > 59:
        return None
    point = original[len(hour)]
    return f"{n_hours}{point}{n_minutes:02}"


def _decimal(whole: str, part: str) -> str | None:
    value = _value(whole)
    if value is None or not part or not set(part) <= set(_DIGITS):
        return None
    return f"{value}.{_spell(part)}"


def _date(run: str, before: str, after: str) -> str | None:
    """Write the month or the day of a date that has both, or a year and a month."""
    after_year = re.search(f"[{_DIGITS}0-9]{{4}}年$", before)
    is_month = _DAY_FOLLOWS.match(after) or (after_year and after.startswith("月"))
    is_day = re.search(f"{_NUMERAL}月$", before) and after[:1] in tuple("日号號")
    value = _value(run) if is_month or is_day else None
    return str(value) if value is not None and 1 <= value <= 31 else None


def _number(run: str, before: str, after: str) -> str | None:
    if set(run) <= set(_DIGITS + "幺"):
        return _spell(run) if len(run) > 3 or (len(run) == 3 and set(run) & set("零幺")) else None
    if before.endswith("月") or (after.startswith("月") and re.match(f"月{_NUMERAL}", after)):
        return None  # 八月十五: a day of the old calendar
    is_short = run[-1] in _DIGITS and run[-2:-1] in tuple("百千万亿")  # 一百五 for 150
    if is_short and re.match("[\u3400-\u9fff]", after) and not re.match("[块塊元多]", after):
        return None
    return _convert(run) if len(run) > 1 else None


def _convert(run: str) -> str | None:
    """Write a number; 万 and 亿 stay where nothing smaller follows."""
    value = _value(run)
    if value is None or run[-1] not in "万亿":
        return None if value is None else str(value)
    hundred_millions, rest = divmod(value, 10**8)
    ten_thousands, ones = divmod(rest, 10**4)
    if ones or hundred_millions >= 10**4:
        return None
    high = f"{hundred_millions}亿" if hundred_millions else ""
    return high + (f"{ten_thousands}万" if ten_thousands else "")


def _value(run: str) -> int | None:
    """Return what a number of one digit, or one made with units, stands for."""
    import cn2an

    if run[:1] in tuple("百千万亿") or (len(run) > 1 and not set(run) & set(_UNITS)):
        return None
    try:
        return int(cn2an.cn2an(run, "normal"))
    except (ValueError, KeyError):
        return None


def _spell(run: str) -> str:
    import cn2an

    return str(cn2an.cn2an(run, "direct"))
