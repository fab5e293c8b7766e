"""The demo's volunteers: invented people with homes and skills, the same ones on every run."""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["approved", "applied", "refused", "suspended"]

_SURNAMES = """
    林 周 秦 顾 沈 罗 方 陆 许 江 何 苏 叶 宋 程 白 温 袁 邵 唐 梁 夏 傅 蒋 钟 孟 乔 常 贺 龚 文 崔 黎 向 康 穆 石 祝 尹 童 安
"""
_GIVEN = """
    晚舟 见山 小满 清和 雨桐 知远 望舒 秋生 建平 书言 念慈 立冬 若溪 长庚 文澜 春芽 守诚 一禾 晓棠 北辰 玉兰 鹏举 云舒 思齐 大勇
    静好 松年 采薇 志恒 惠心 子墨 红梅 景行 小雅 广田 悦宁 青川 永福 明澈 丹若 卫国 星河 桂芳 朗 怀瑾 秀英 予安 铁柱 芷兰 远航
    素心 天佑 向晚 庆丰 梦溪 宏图 阿宁 书瑶 德顺 映雪 嘉木 淑珍 亦凡 振声 慕青 小川 佩瑜 国梁 新月 乐天 岚 世安 菊香 博文 初夏
    福来 令仪 海生 琴 致和 冬梅 敏行 如松 半夏 启明 爱华 临风 巧云 泽 忆南 正南 玲珑 有容 沐阳 凤霞 行简 苗 德音 昭 可欣 双喜
    依依 克勤 子衿 麦 润生 佳禾 玉成 晴 守拙 听澜
"""
SURNAMES, GIVEN = tuple(_SURNAMES.split()), tuple(_GIVEN.split())
_SKILLS: tuple[tuple[str, ...], ...] = (
    ("medical",), (), ("driving",), ("teaching",), (), ("cooking", "driving"), ("repairs",), (), ("languages", "teaching"),
)  # fmt: skip
_OCCUPATIONS = ("教师", "退休工人", "快递员", "会计", "大学生", "护士", "厨师", "程序员", "公务员", "个体户", "司机")
_PARTY_MEMBERS = 3  # one in so many
_OFF_BOARD = 5  # one in so many does not wish to stand on the board
_HIDDEN = 9  # one in so many does not wish to be shown by name
_BY_OFFICE = 3  # one in so many has no smartphone at hand: staff enter their shifts


@dataclass(frozen=True)
class Person:
    """One volunteer to be; `number` counts from 1 within the community.

    `fate` is the standing that staff give them; `applied` is left waiting.
    """

    number: int
    user: str
    display_name: str
    name_shown: bool
    home: str
    phone: str
    occupation: str
    party_member: bool
    board_shown: bool
    skills: tuple[str, ...]
    fate: Fate

    @property
    def by_office(self) -> bool:
        return self.number % _BY_OFFICE == 0

    def application(self) -> dict[str, object]:
        shown = {"display_name": self.display_name, "name_shown": self.name_shown}
        told = {"phone": self.phone, "occupation": self.occupation, "party_member": self.party_member}
        return {**shown, **told, "home": self.home, "skills": list(self.skills)}


def invent(fates: list[Fate], *, prefix: str, buildings: int, offset: int) -> list[Person]:
    """Make up one person per fate, living in `buildings`; two communities with different offsets share no name."""
    return [_person(number, fate, prefix, buildings, offset) for number, fate in enumerate(fates, start=1)]


def _person(number: int, fate: Fate, prefix: str, buildings: int, offset: int) -> Person:
    which = offset + number - 1
    building, unit = which * 5 % buildings + 1, which * 7 % 3 + 1
    return Person(
        number=number,
        user=prefix if number == 1 else f"{prefix}{number:02}",
        display_name=SURNAMES[which * 11 % len(SURNAMES)] + GIVEN[which],
        name_shown=number % _HIDDEN != 0,
        home=f"{building}号楼{unit}单元",
        phone=f"190 0000 {which:04}",  # made up; the demo calls nobody
        occupation=_OCCUPATIONS[which % len(_OCCUPATIONS)],
        party_member=number % _PARTY_MEMBERS == 0,
        board_shown=number % _OFF_BOARD != 0,
        skills=_SKILLS[which % len(_SKILLS)],
        fate=fate,
    )
