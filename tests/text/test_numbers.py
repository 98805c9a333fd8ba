"""Numbers: digits where a person would write digits, words wherever there is doubt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.text.numbers import normalize_numbers

CHINESE = [
    ("二零二六年十一月", "2026年11月"),
    ("二零二六年一月", "2026年1月"),
    ("一九九八年", "1998年"),
    ("十月一日", "10月1日"),
    ("一月一号", "1月1号"),
    ("八月十五日", "8月15日"),
    ("三百五十万", "350万"),
    ("一亿三千万", "1亿3000万"),
    ("一万", "1万"),
    ("兩百五十萬", "250万"),
    ("三百五十万零六千", "3506000"),
    ("一万两千三百四十五", "12345"),
    ("三点五万", "3.5万"),
    ("一百零五", "105"),
    ("一百五", "150"),
    ("一百五十", "150"),
    ("十五", "15"),
    ("两百", "200"),
    ("两千零五", "2005"),
    ("二百五十", "250"),
    ("一百二十三", "123"),
    ("二百五十六", "256"),
    ("百分之三十", "30%"),
    ("百分之三", "3%"),
    ("百分之百", "100%"),
    ("同比增长百分之三点五。", "同比增长3.5%。"),
    ("三点一四", "3.14"),
    ("零点五", "0.5"),
    ("一百零五点五", "105.5"),
    ("版本三点五", "版本3.5"),
    ("三点五个百分点", "3.5个百分点"),
    ("上涨了三点五倍", "上涨了3.5倍"),
    ("下午三点二十分", "下午3点20分"),
    ("十点十五分", "10点15分"),
    ("十二点三十", "12点30"),
    ("八点零五分", "8点05分"),
    ("晚上八点零五", "晚上8点05"),
    ("3点二十", "3点20"),
    ("一三八零零一三八零零零", "13800138000"),
    ("幺幺零", "110"),
    ("房间三零二", "房间302"),
    ("二零二六", "2026"),
    ("零零七", "007"),
    ("二十一世纪", "21世纪"),
    ("九十年代", "90年代"),
    ("第二十三", "第23"),
    ("三十二度", "32度"),
    ("负二十", "负20"),
    ("我有五十块钱", "我有50块钱"),
    ("一百块", "100块"),
    ("五十多", "50多"),
    ("二十一个人", "21个人"),
    ("Hello二十三world", "Hello23world"),
    ("一百五，好", "150，好"),
]
CHINESE_WORDS = [
    "一个人",
    "两个",
    "三个月",
    "一起去",
    "下午三点一起去",
    "星期一",
    "第一",
    "十",
    "十分感谢",
    "百万",
    "万一",
    "千万不要",
    "十几个",
    "几十万人",
    "数十人",
    "三四百人",
    "五六个人",
    "三分之一",
    "二十分之一",
    "十分之一",
    "一千零一夜",
    "十万八千里",
    "一五一十",
    "二百五",
    "七七八八",
    "九九八十一",
    "成千上万",
    "百分百",
    "双十一",
    "八月十五",
    "九点半",
    "一点一滴",
    "一点",
    "三点五分",
    "下午三点一，好",
    "统一百货",
    "三点二十个人",
    "五十万一个",
    "一百二一天",
    "五千万亿",
    "零",
    "20万",
    "1.5亿",
    "两块五",
    "十一假期",
    "二十五点三十",
    "三点六十分",
    "今天很好",
    "",
]
ENGLISH = [
    ("twenty-three", "23"),
    ("two thousand and five", "2005"),
    ("a hundred and one", "101"),
    ("FORTY TWO", "42"),
    ("I love you three thousand", "I love you 3000"),
    ("one hundred twenty three thousand four hundred fifty six", "123456"),
    ("two million three hundred thousand and one", "2300001"),
    ("seventy-five hundred", "7500"),
    ("one hundred and twenty people", "120 people"),
    ("twenty-three-year-old", "23-year-old"),
    ("I'm twenty-one's fan.", "I'm 21's fan."),
    ("Twenty-three. Five", "23. Five"),
    ("two hundred, three hundred and five.", "200, 305."),
    ("“twenty-three”", "“23”"),
    ("twenty twenty six", "2026"),
    ("nineteen eighty four", "1984"),
    ("nineteen eighty-four.", "1984."),
    ("five five five one two three four", "5551234"),
    ("three point one four", "3.14"),
    ("zero point five", "0.5"),
    ("two point five million", "2.5 million"),
    ("one million", "1 million"),
    ("a hundred million", "100 million"),
    ("three hundred million dollars", "300 million dollars"),
    ("thirty percent", "30%"),
    ("five percent", "5%"),
    ("five per cent.", "5%."),
    ("two point five percent", "2.5%"),
    ("twenty first of May", "21st of May"),
    ("the twenty-second of May", "the 22nd of May"),
    ("the tenth time", "the 10th time"),
]
ENGLISH_WORDS = [
    "one of them",
    "I have one cat and two dogs",
    "No one knows.",
    "two or three",
    "the second one",
    "wait a second",
    "First, we go. Second, we stop.",
    "one-on-one",
    "one, two, three",
    "seven eleven",
    "twelve thirty",
    "five thirty pm",
    "nine to five",
    "a million",
    "hundreds of people",
    "several hundred",
    "5 hundred",
    "three and a half million",
    "half a million",
    "two and a quarter thousand",
    "two thirds",
    "a tenth of it",
    "one hundredth",
    "one twentieth",
    "two hundredths",
    "in the nineteen nineties",
    "nineteen oh five",
    "double oh seven",
    "ten past five",
    "point five",
    "between one hundred and two hundred",
    "twenty and five",
    "a thirty second break",
    "Two thousand, three hundred.",
    "one million, two hundred thousand",
    "",
]


@pytest.mark.parametrize(("spoken", "written"), CHINESE)
def test_chinese_numbers_become_digits(spoken: str, written: str) -> None:
    assert normalize_numbers(spoken, "Chinese") == written
    assert normalize_numbers(written, "Chinese") == written, "not the same when done twice"


@pytest.mark.parametrize("text", CHINESE_WORDS)
def test_doubtful_chinese_stays(text: str) -> None:
    assert normalize_numbers(text, "Chinese") == text


@pytest.mark.parametrize(("spoken", "written"), ENGLISH)
def test_english_numbers_become_digits(spoken: str, written: str) -> None:
    assert normalize_numbers(spoken, "English") == written
    assert normalize_numbers(written, "English") == written, "not the same when done twice"


@pytest.mark.parametrize("text", ENGLISH_WORDS)
def test_doubtful_english_stays(text: str) -> None:
    assert normalize_numbers(text, "English") == text


def test_every_whole_number_in_chinese_comes_back() -> None:
    import cn2an

    for number in [*range(11, 2000, 7), 2005, 9999, 10001, 10500, 123456, 35_000_006]:
        spoken = cn2an.an2cn(number)
        assert normalize_numbers(f"共{spoken}次。", "Chinese") == f"共{number}次。"


def test_several_numbers_in_one_sentence() -> None:
    text = "二零二六年，二十三个人里有百分之四十，也就是九个人，花了三百五十万元。"
    assert (
        normalize_numbers(text, "Chinese") == "2026年，23个人里有40%，也就是九个人，花了350万元。"
    )
    text = "In twenty twenty-six, thirty-one of two hundred people, or one in six, left."
    assert normalize_numbers(text, "English") == "In 2026, 31 of 200 people, or one in six, left."


@pytest.mark.parametrize(
    ("language", "text"),
    [("Japanese", "二十三人"), ("German", "twenty-three"), ("", "二十三 twenty-three"),
     ("Chinese", "twenty-three"), ("English", "二十三")],
)  # fmt: skip
def test_other_languages_stay(language: str, text: str) -> None:
    assert normalize_numbers(text, language) == text


def test_first_of_several_languages_counts() -> None:
    assert normalize_numbers("二十三", "Cantonese,English") == "23"


def test_libraries_are_loaded_only_for_their_language() -> None:
    code = (
        "import sys; from app.text.numbers import normalize_numbers as n\n"
        "n('hello', ''); print({'cn2an', 'text_to_num'} & set(sys.modules))\n"
        "n('twenty', 'English'); print({'cn2an', 'text_to_num'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == ["set()", "{'text_to_num'}"]
