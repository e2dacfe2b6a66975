"""Texts of tasks: what is the same, what is only worded otherwise, what is another place."""

import unicodedata

SYNONYMS = [
    ["建设", "新建", "修建", "兴建"],
    ["组织开展", "开展"],
    ["社区老年人日间照料中心", "老年人日间照料中心", "社区日间照料中心", "日间照料中心"],
    ["长者饭堂", "老年饭堂", "长者食堂"],
]
DROPPABLE = ["结合大社区试点改革项目", "结合大社区改革试点配套", "结合大社区改革试点"]

PLACES = [
    "林旺南", "林旺北", "龙海", "南田", "卓达", "六道", "鹿回头", "红沙", "新村", "马岭", "高峰",
    "抱前", "崖州湾", "梅山", "崖城", "乾隆", "梅东", "南山", "雅亮", "立才居", "明善", "雅林",
]  # fmt: skip
ELSEWHERE = ["凤凰", "海坡", "荔枝沟", "港门", "保港", "水南", "亚龙", "月川", "临春", "那受"]

# Tasks that say the same but for the place, and agree in all their figures.
TWINS = [(15, 16), (41, 42, 43, 44), (49, 50)]

# Rows the plan lacks, unlike any of its tasks.
NEW_TASKS = [
    "购置康复辅具租赁设备一批。",
    "举办养老护理员职业技能竞赛。",
    "编制适老化改造专项规划图册",
    "开通法律援助热线，受理高龄老人来电。",
    "发放重阳节慰问品并走访困难家庭。",
    "采购智能手环，监测独居老人安全状况。",
    "改造老旧小区电梯及无障碍坡道",
    "委托第三方核查高龄津贴发放名册。",
]

PUNCTUATION = "，。、；：“”‘’（）《》！？,.;:()\"'"


def folded(text):
    """Returns a text as DESIGN section 4 compares it."""
    text = unicodedata.normalize("NFKC", text or "").lower()
    return "".join(c for c in text if c.isalnum() or c in "%")


def likeness(one, other):
    """Twice the longest common subsequence over the lengths, on folded texts."""
    one, other = folded(one), folded(other)
    if not one or not other:
        return 0.0
    row = [0] * (len(other) + 1)
    for a in one:
        before = 0
        for j, b in enumerate(other, 1):
            kept = row[j]
            row[j] = before + 1 if a == b else max(row[j], row[j - 1])
            before = kept
    return 2 * row[-1] / (len(one) + len(other))


def same_meaning(one, other):
    """Whether two texts might pass for the same by declared synonyms; rather too often than not."""

    def bare(text):
        text = folded(text)
        for phrase in DROPPABLE:
            text = text.replace(phrase, "")
        for group in SYNONYMS:
            for word in sorted(group, key=len, reverse=True):
                text = text.replace(word, "·")
        return text

    return bare(one) == bare(other)


def repunctuated(text, rng):
    """Changes nothing but punctuation, width, spaces and line breaks."""
    way = rng.choice(["drop", "half", "space", "break", "quotes", "end"])
    if way == "drop":
        return "".join(c for c in text if c not in "，。“”")
    if way == "half":
        table = {"，": ",", "。": ".", "（": "(", "）": ")", "“": '"', "”": '"', "：": ":"}
        return "".join(table.get(c, c) for c in text)
    if way == "space":
        at = rng.randrange(1, len(text))
        return text[:at] + rng.choice([" ", "　", "  "]) + text[at:]
    if way == "break":
        at = rng.randrange(1, len(text))
        return text[:at] + "\n" + text[at:]
    if way == "quotes":
        return text.replace("“", "「").replace("”", "」")
    return text.rstrip("。") if text.endswith("。") else text + "。"


def reworded(text, rng):
    """Returns the text with a declared synonym exchanged or a declared phrase left out."""
    ways = []
    for phrase in DROPPABLE:
        if phrase in text:
            ways.append(text.replace(phrase, "").lstrip("，"))
            break
    for group in SYNONYMS:
        found = next((word for word in sorted(group, key=len, reverse=True) if word in text), None)
        if found:
            others = [word for word in group if word != found]
            ways.append(text.replace(found, rng.choice(others)))
    ways = [way for way in ways if folded(way) != folded(text)]
    return rng.choice(ways) if ways else None


def place_in(text):
    return next((place for place in PLACES if place in text), None)


def other_number(text, rng):
    """Changes a number in the text, 1个 to 2个 or 3中心 to 5中心."""
    at = [i for i, c in enumerate(text) if c in "123456789"]
    if not at:
        return None
    i = rng.choice(at)
    return text[:i] + rng.choice([d for d in "23456789" if d != text[i]]) + text[i + 1 :]
