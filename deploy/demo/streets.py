"""The invented communities that make the demo's district a large one: the same names, streets and sizes on every run."""

import random
from dataclasses import dataclass
from itertools import product

from deploy.demo.places import COMMUNITIES, ROUND_THE_CLOCK, Post

STREETS = (
    ("东河街道", "Donghe Street"), ("西关街道", "Xiguan Street"), ("南桥街道", "Nanqiao Street"), ("北苑街道", "Beiyuan Street"),
    ("临江街道", "Linjiang Street"), ("文昌街道", "Wenchang Street"), ("新丰街道", "Xinfeng Street"), ("柳林镇", "Liulin Town"),
)  # fmt: skip
_NAMES = """
    阳光 yangguang 锦绣 jinxiu 望江 wangjiang 江畔 jiangpan 和平 heping 香樟 xiangzhang 长乐 changle 青石 qingshi 翠湖 cuihu
    金桂 jingui 碧云 biyun 丰泽 fengze 朝阳 chaoyang 牡丹 mudan 静安 jingan 福田 futian 紫荆 zijing 竹园 zhuyuan 海棠 haitang
    玉兰 yulan 银杏 yinxing 云栖 yunqi 春晖 chunhui 梧桐 wutong
"""
_KINDS = (
    ("新村", "xincun", "New Village"), ("里", "li", "Lane"), ("苑", "yuan", "Court"), ("家园", "jiayuan", "Homes"),
    ("小区", "xiaoqu", "Estate"), ("花园", "huayuan", "Gardens"), ("坊", "fang", "Yard"),
)  # fmt: skip
SMALLEST, MANY, LARGEST = 900, 2_500, 9_000  # residents
POSTS = (
    Post("gate-1", "gate", "正门", "Main gate", "主入口", {(0, 8): 1, (8, 16): 2, (16, 24): 2}),
    Post("gate-2", "gate", "后门", "Back gate", "车行口", ROUND_THE_CLOCK),
    Post("patrol", "patrol", "小区巡逻", "Patrol", "全小区", {(8, 24): 1}),
)


@dataclass(frozen=True)
class Invented:
    """A community whose part the district hosts; each has the same few posts."""

    slug: str
    name: str
    name_en: str
    residents: int
    street: tuple[str, str]

    @property
    def shifts(self) -> str:
        return f"/communities/{self.slug}/shifts"

    @property
    def grid(self) -> str:
        return f"/communities/{self.slug}/grid"

    def registration(self) -> dict[str, object]:
        names = {"name": self.name, "name_en": self.name_en, "street": self.street[0], "street_en": self.street[1]}
        return {"slug": self.slug, **names, "residents": self.residents}


def invented(size: int) -> list[Invented]:
    """Those beside the demo's two that make the district have `size` communities, street by street in turn."""
    chance = random.Random("a large district")  # noqa: S311  (the same on every run)
    words = _NAMES.split()
    named = [
        (f"{latin}-{kind_latin}", name + kind, f"{latin.capitalize()} {kind_en}")
        for (name, latin), (kind, kind_latin, kind_en) in product(zip(words[::2], words[1::2], strict=True), _KINDS)
    ]
    chance.shuffle(named)
    all_of_them = [
        Invented(*called, int(chance.triangular(SMALLEST, LARGEST, MANY)), STREETS[number % len(STREETS)])
        for number, called in enumerate(named)
    ]
    return all_of_them[: size - len(COMMUNITIES)]
