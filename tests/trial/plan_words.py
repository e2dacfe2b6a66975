"""The words random plans are made of: names, headings, tasks."""

from dataclasses import dataclass

STEMS = (
    "清源 枫香 石门 竹海 仙游 古城 三合 麻柳 茶亭 望江 黄土 长宁 云岭 白沙 铁山 宝塔 羊角 青石 龙泉 凤凰 马鞍 碧水 玉屏"
    " 鹿鸣 临水 花溪 向阳 松潘 兰溪 柳荫 福田 安乐 红旗 牛场 太平 虎踞 朝霞 双河 丰乐 胜利 永兴 铜鼓 梅园 盘龙 紫云 吉祥"
    " 沙坪 桃源 观音 水口 大安 甘露 归仁 南华 武安 平昌"
).split()
SUFFIXES = [
    ["镇"], ["乡"], ["街道"], ["县"], ["区"], ["林场"], ["农场"], ["镇", "乡"], ["镇", "乡", "街道"], ["区", "县"],
    ["水利站"], ["卫生院"], ["中心校"],
]  # fmt: skip

BUREAUS = "农业农村局 水利局 交通运输局 教育局 卫生健康局 民政局 文化和旅游局 林业局 乡村振兴局 住房和城乡建设局 应急管理局".split()
# Counties that are no unit of any plan.
COUNTIES = ["安岳县", "乐至县", "屏边县"]

BEFORE = "东 西 南 北 上 下 前 后 老 新 大 小 高 长 金 银".split()
AFTER = "塘 湾 坪 河 岭 沟 桥 山 林 田 井 洞 口 洲 岗 湖".split()

TASKS = [
    "硬化{place}至{other}通组路，路面宽3.5米、长{n}公里。",
    "新建{place}幼儿园教学楼，建筑面积{n}00平方米。",
    "更换{place}供水管网{n}公里，安装水表。",
    "改造{place}小学食堂，添置厨房设备{n}套。",
    "修复{place}灌溉渠道，衬砌渠底。",
    "维修{place}水毁路段{n}处，增设安全护栏。",
    "疏浚{place}段河道{n}公里，清除淤泥。",
    "建设{place}标准化卫生室，配备常用器械。",
    "为{place}卫生院购置彩超机{n}台。",
    "修缮{place}古戏台，整治周边环境。",
    "举办{place}民俗文化节{n}场。",
    "整治{place}人居环境，清运垃圾{n}00吨。",
    "栽植{place}行道树{n}00株，养护一年。",
    "完善{place}农家书屋，更新书架。",
    "组织{place}65岁以上老人健康体检{n}场。",
    "安装{place}主干道太阳能路灯{n}盏。",
    "加固{place}水库大坝，更换启闭设施。",
    "复垦{place}废弃矿山{n}亩。",
    "{place}老年人日间照料中心建设项目",
    "{place}饮水安全巩固提升工程（{n}期）",
    "{place}高标准农田建设{n}00亩",
    "开展{place}残疾人家庭无障碍改造{n}户",
    "购买{place}居家养老上门服务{n}人次",
    "{place}便民服务点升级改造",
]
# Tasks that every unit of a plan may have in the same words.
COMMON = [
    "开展防汛物资储备。", "组织基层干部业务培训。", "购置办公信息化设备。", "聘请第三方开展绩效评价。", "维护乡村振兴监测系统。",
    "发放困难群众临时救助。", "改造便民服务大厅。", "举办农民丰收节活动。", "更新消防水带和灭火器。", "建设退役军人服务站。",
]  # fmt: skip
# Rows the plan lacks, unlike any of its tasks.
STRANGE = [
    "采购应急照明灯具一批。", "慰问高龄党员并走访老兵", "编制档案数字化方案", "支付律师咨询费用", "租赁公务车辆两辆", "印制政策宣传折页",
]  # fmt: skip
WORKS = (
    "道路硬化 管网更新 渠道衬砌 河道疏浚 路灯安装 危桥改造 卫生室建设 书屋完善 校舍维修 食堂改造 户厕改造 环境整治 古迹修缮 湿地建设"
    " 节会举办 健康体检 人员培训 水库除险 矿山复垦 围墙加固"
).split()
STRANGE_WORKS = ["绩效评价", "零星采购", "应急演练"]
USES = [
    "用于设备采购及安装。", "用于劳务、监理和设计费用。", "主要用于工程施工和材料购置。", "用于日常运行和维护。", "用于宣传和人员培训。", None,
]  # fmt: skip
OTHER_USES = ["用于办公经费。", "用于偿还往年欠款。", "统筹用于其他支出"]
PEOPLE = "王建国 李秀英 张卫东 刘志强 陈晓梅 杨光 赵海燕 周立新 吴国平".split()
KINDS_OF_WORK = [
    ("新建", ["新增", "新建项目"]), ("续建", ["延续", "续建项目"]), ("改扩建", ["改建", "扩建"]), ("维修", ["维护", "修缮"]),
]  # fmt: skip
STATUS = ["正在施工", "已完成招标", "按计划推进", "已竣工", None]


@dataclass
class Words:
    """What a column may be called; the first chosen is its title, others are declared."""

    kind: str
    names: list
    suffix: str = ""  # follows some of the names, in brackets
    reported: bool = False


FIELDS = {
    "seq": Words("integer", ["序号", "编号", "项目编号", "NO.", "行次", "项目序号"]),
    "code": Words("text", ["项目编码", "项目代码", "项目库编码", "计划文号"]),
    "owner": Words("text", ["责任单位", "实施单位", "主管部门", "乡镇", "牵头单位", "承办单位", "建设单位", "所属单位", "县区"]),
    "task": Words("text", ["项目名称", "建设内容", "工作任务", "实施内容", "项目内容", "主要任务", "任务名称", "事项"]),
    "place": Words("text", ["建设地点", "所在村", "实施地点", "行政村"]),
    "work": Words("text", ["项目类别", "建设类型", "工程类别", "项目类型"]),
    "funds": Words("amount", ["资金安排", "总投资", "计划投资", "年度预算", "金额", "预算金额", "计划资金", "投资总额", "核定资金"]),
    "central": Words("amount", ["中央补助资金", "中央补助", "其中：中央补助", "中央财政资金"]),
    "province": Words("amount", ["省级配套", "省级配套资金", "省级补助", "其中：省级资金"]),
    "city": Words("amount", ["市级补助", "市级配套资金", "市本级资金"]),
    "county": Words("amount", ["县级配套", "县财政配套", "县级财政资金"]),
    "bond": Words("amount", ["专项债券", "债券资金", "地方债券"]),
    "own": Words("amount", ["自筹资金", "单位自筹", "自筹部分"]),
    "use": Words("text", ["资金用途", "主要用途", "支出方向"]),
    "start": Words("month", ["开工时间", "启动时间", "计划开工时间"]),
    "due": Words("month", ["完成时限", "完成时间", "竣工时间", "计划完成时间", "截止时间"]),
    "count": Words("integer", ["受益户数", "受益人口", "计划数量", "建设规模"], "户 人 个 处"),
    "share": Words("percent", ["补助比例", "财政补助比例", "配套比例"], "%"),
    "nature": Words("choice", ["建设性质", "项目性质"]),
    "leader": Words("text", ["责任人", "项目负责人", "包保领导"]),
    "received": Words("amount", ["已到位资金", "到位资金", "累计到位资金"], reported=True),
    "spent": Words("amount", ["已支出资金", "支出金额", "累计支出"], reported=True),
    "progress": Words("percent", ["完成进度", "工程进度", "形象进度"], "%", reported=True),
    "status": Words("text", ["进展情况", "工作进展", "完成情况"], reported=True),
    "remark": Words("text", ["备注", "说明"], reported=True),
}
SOURCES = ["central", "province", "city", "county", "bond", "own"]
UNKNOWN = ["上年结转（万元）", "联系人", "立项文号", "2018年决算数", "项目审批部门", "原计划数"]
TITLES = ["项目资金", "衔接资金项目", "专项资金", "民生实事项目资金", "水利发展资金项目"]

CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def capital(number):
    """Writes a whole number below 一亿 as cheques have it."""
    if number == 0:
        return "零"
    text, gap = "", False
    if number >= 10_000:
        high, number = divmod(number, 10_000)
        text = capital(high) + "万"
        gap = 0 < number < 1000
    for value, place in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("零" if gap else "") + CAPITALS[digit] + place
            gap = False
        elif text:
            gap = number > 0
    return text


NUMERALS = "〇一二三四五六七八九"
MONTHS = ["", *"一 二 三 四 五 六 七 八 九 十 十一 十二".split()]


def in_chinese(year):
    return "".join(NUMERALS[int(digit)] for digit in str(year))
