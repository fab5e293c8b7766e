"""Who stands on the participation board, and by what name."""

from shared.i18n.text import Text

SOMEBODY = Text("志愿者", "A volunteer")
HIDDEN = "＊＊"  # always two: how long a name is tells something, too
BY_FIRST = frozenset("小老阿")  # 小林, 老周: the family name comes second

# 《百家姓》 in use: the hundred most frequent family names (Ministry of Public Security, 2020) and the double ones.
FAMILY_NAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温安常康乔文傅穆祝童"
)
DOUBLE_NAMES = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "东方", "南宫", "端木"}
)


def masked(display_name: str) -> str | None:
    """`王晓雨` → `王＊＊`, `小林老师` → `林＊＊`; None where no family name can be told from the rest."""
    name = display_name.strip()
    if name[:1] in BY_FIRST:
        name = name[1:]
    if name[:2] in DOUBLE_NAMES:
        return name[:2] + HIDDEN
    return name[0] + HIDDEN if name[:1] in FAMILY_NAMES and len(name) > 1 else None


def name_on_board(display_name: str, *, name_shown: bool) -> Text:
    """What everybody reads."""
    if name_shown:
        return Text(display_name, display_name)
    hidden = masked(display_name)
    return Text(hidden, hidden) if hidden else SOMEBODY
