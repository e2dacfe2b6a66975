//! The lexicon: the words by which sheets are understood, folded for comparison.
//!
//! It is data. What the program knows of old stands in the defaults below; `[lexicon]` of the
//! pipeline file adds to it, and nothing else in the program spells such a word out. The words of
//! columns and units are not here: they are declared with them.

use std::sync::Arc;

use super::file;
use super::heading::{self, Heading};
use crate::model::memo::Memo;
use crate::model::{Value, fold};

/// Labels of blocks' totals.
const SUBTOTALS: [&str; 1] = ["小计"];
/// What stands in the label of a total of everything: 总计, 总合计, 两表总计.
const GRAND_TOTALS: [&str; 1] = ["总"];
/// What begins a row that names a part of the total above it, or a remark that names the parts of a
/// figure.
const PARTS: [&str; 4] = ["其中", "ofwhich", "thereof", "davon"];
/// What names a total where nothing else of the row says that it is a task: no number, no owner, no
/// text beside it.
const SUMMARIES: [&str; 39] = [
    "汇总",
    "总额",
    "总和",
    "总数",
    "总金额",
    "总资金",
    "total",
    "grandtotal",
    "sumtotal",
    "sum",
    // And ∑, which is folded to it.
    "Σ",
    "totals",
    "subtotal",
    "totale",
    "totaal",
    "totaux",
    "soustotal",
    "gesamt",
    "gesamtsumme",
    "summe",
    "zwischensumme",
    "insgesamt",
    "suma",
    "soma",
    "celkem",
    "razem",
    "ogółem",
    "łącznie",
    "toplam",
    "geneltoplam",
    "összesen",
    "summa",
    "итого",
    "всего",
    "разом",
    "усього",
    "jumlah",
    "tổngcộng",
    "รวม",
];
/// What a line for ink begins with, followed by a colon or nothing.
const SIGNATURES: [&str; 24] = [
    "审核",
    "复核",
    "审批",
    "审定",
    "填表",
    "填报",
    "编制",
    "编制人",
    "经办",
    "主管",
    "主管领导",
    "分管",
    "签字",
    "签章",
    "盖章",
    "公章",
    "联系方式",
    "联系",
    "电话",
    "手机",
    "传真",
    "邮箱",
    "日期",
    "报送日期",
];
/// Labels beside which stands who filled in a sheet.
const FILLED_BY: [&str; 25] = [
    "填报人",
    "答复人",
    "填表人",
    "填报人员",
    "填表人员",
    "填报人姓名",
    "填报人签字",
    "填报人签名",
    "填表人签字",
    "填报人及电话",
    "填报人及联系电话",
    "联系人及电话",
    "联系人及联系电话",
    "填报",
    "填表",
    "制表人",
    "制表",
    "编制人",
    "经办人",
    "经办人签字",
    "经办",
    "报送人",
    "上报人",
    "统计员",
    "联系人",
];
/// Labels beside which stands a telephone number.
const PHONES: [&str; 14] = [
    "电话",
    "联系电话",
    "电话号码",
    "办公电话",
    "联系人电话",
    "填报人电话",
    "手机",
    "手机号",
    "手机号码",
    "联系方式",
    "座机",
    "固话",
    "tel",
    "phone",
];
/// Labels beside which stands who looked a sheet over.
const REVIEWED_BY: [&str; 18] = [
    "审核人",
    "审核人签字",
    "审核人签名",
    "审核",
    "复核人",
    "复核人签字",
    "复核",
    "审签人",
    "审定人",
    "审批人",
    "负责人",
    "负责人签字",
    "单位负责人",
    "单位负责人签字",
    "部门负责人",
    "分管领导",
    "主管领导",
    "单位领导",
];
/// Labels of the place of a seal.
const SEALS: [&str; 9] =
    ["盖章", "单位盖章", "加盖公章", "盖公章", "公章", "单位公章", "签章", "印章", "盖单位章"];
/// What stands beside the name of a block of rows, apart from a number: 第一部分, （7项）.
const BLOCK_NAMES: [&str; 10] = ["第", "部分", "章", "节", "篇", "共", "项目", "项", "个", "任务"];
/// What the name of an office ends with, which signs below a table.
const OFFICES: [&str; 6] = ["局", "政府", "委员会", "办公室", "办事处", "管委会"];
/// What the label of a line for ink ends with, before a colon: 报送时间：, 单位负责人：.
const SIGNERS: [&str; 21] = [
    "科长",
    "局长",
    "主任",
    "书记",
    "时间",
    "日期",
    "电话",
    "手机",
    "负责人",
    "领导",
    "签字",
    "盖章",
    "邮箱",
    "报送人",
    "上报人",
    "统计人",
    "统计员",
    "录入人",
    "核对人",
    "会计",
    "出纳",
];
/// What follows a label in the key of a total: 合计金额, 合计7项.
const ADDED_UP: [&str; 8] = ["金额", "资金", "数", "元", "万元", "人民币", "项", "个"];
/// What a row calls itself that carries the sum of all rows above it over a page.
const CARRIED: [&str; 8] =
    ["过次页", "承前页", "转次页", "承上页", "转下页", "接上页", "过下页", "接前页"];
/// What begins a remark below a table that no word calls one.
const REMARKS: [&str; 14] = [
    "请",
    "凡",
    "以上",
    "上述",
    "本表",
    "此表",
    "附件",
    "附表",
    "联系",
    "各县",
    "各区",
    "各市",
    "各单位",
    "各地",
];
/// Words with which remarks below a table begin in other languages, before a colon or alone.
const FOOTERS: [&str; 20] = [
    "source",
    "sources",
    "note",
    "notes",
    "footnote",
    "footnotes",
    "symbol",
    "symbols",
    "legend",
    "quelle",
    "quellen",
    "anmerkung",
    "anmerkungen",
    "fuente",
    "fuentes",
    "fonte",
    "nota",
    "notas",
    "bron",
    "remarks",
];
/// What begins the line that names the unit of money.
const MONEY_LINES: [&str; 3] = ["单位", "Unit", "unit"];
/// What marks a heading as that of a further page.
const PAGES: [&str; 1] = ["续"];
/// What the brackets of a heading may hold, alone, and leave its meaning as it is.
const ADDITIONS: [&str; 1] = ["项目"];
/// What a heading's brackets hold that say how to fill it in: 填写全称, 保留两位小数.
const FILLING: [&str; 19] = [
    "必填",
    "选填",
    "可不填",
    "盖章",
    "签章",
    "公章",
    "全称",
    "名称",
    "简述",
    "简要",
    "详细",
    "说明",
    "格式",
    "数字",
    "文字",
    "小数",
    "例如",
    "示例",
    "附件",
];
/// What the place of a reason is called.
const REASONS: [&str; 2] = ["原因", "理由"];
/// Words of a sentence that says what to do, and so declares nothing.
const INSTRUCTIONS: [&str; 12] =
    ["如", "若", "请", "应", "须", "需", "可填", "填写", "注明", "凡", "一律", "的单位"];
/// What the upper level of a heading calls what happened, as against what is planned.
const ACTUALS: [&str; 7] = ["已", "到位", "支出", "实际", "完成", "拨付", "使用"];
/// What a title calls the month before.
const LAST_MONTH: [&str; 3] = ["上月", "上期", "上个月"];
/// What a title calls the month that is reported.
const THIS_MONTH: [&str; 4] = ["本月", "本期", "当月", "当期"];
/// What stands before a figure and says nothing more.
const BEFORE_FIGURES: [&str; 8] = ["合计", "共计", "总计", "共", "人民币", "RMB", "CNY", "rmb"];
/// Words in a remark that make the figure before it a guess.
const GUESSES: [&str; 10] = ["约", "左右", "大概", "预计", "预估", "估算", "暂", "待定", "拟", "?"];
/// Words that make a figure a range or a guess.
const VAGUE: [&str; 27] = [
    "约",
    "左右",
    "大概",
    "预计",
    "估",
    "暂",
    "近",
    "余",
    "多",
    "几",
    "至",
    "到",
    "以上",
    "以下",
    "以内",
    "不超过",
    "不低于",
    "不少于",
    "最多",
    "不足",
    "~",
    ">",
    "<",
    "≥",
    "≤",
    "±",
    "?",
];

/// The words that hold for a pipeline.
#[derive(Clone, Debug)]
pub struct Lexicon {
    /// Labels of total rows, those of blocks and of parts among them.
    pub totals: Vec<String>,
    pub subtotals: Vec<String>,
    pub grand_totals: Vec<String>,
    pub parts: Vec<String>,
    pub added_up: Vec<String>,
    /// Labels of rows that carry the sum of all rows above them over a page.
    pub carried: Vec<String>,
    /// Labels of totals that are ones only where nothing else is said.
    pub summaries: Vec<String>,
    /// What begins a remark below a table that no word calls one.
    pub remarks: Vec<String>,
    /// Words with which remarks below a table begin in other languages.
    pub footers: Vec<String>,
    pub signatures: Vec<String>,
    /// Labels beside which contacts stand.
    pub filled_by: Vec<String>,
    pub phones: Vec<String>,
    pub reviewed_by: Vec<String>,
    pub seals: Vec<String>,
    /// What the name of an office ends with.
    pub offices: Vec<String>,
    /// What stands beside the name of a block of rows.
    pub block_names: Vec<String>,
    /// What the label of a line for ink ends with.
    pub signers: Vec<String>,
    /// What the brackets of a heading may hold, alone, and leave its meaning as it is.
    pub additions: Vec<String>,
    /// What they hold that say how to fill it in.
    pub filling: Vec<String>,
    /// What the upper level of a heading calls what happened, as against what is planned.
    pub actuals: Vec<String>,
    /// What a title calls the month before, and this one.
    pub last_month: Vec<String>,
    pub this_month: Vec<String>,
    /// Words of a sentence that says what to do.
    pub instructions: Vec<String>,
    /// What the place of a reason is called.
    pub reasons: Vec<String>,
    /// First words of notes and signature lines.
    pub notes: Vec<String>,
    pub pages: Vec<String>,
    pub not_applicable: Vec<String>,
    /// Words that repeat the cell above.
    pub ditto: Vec<String>,
    pub money_lines: Vec<String>,
    pub before_figures: Vec<String>,
    pub guesses: Vec<String>,
    pub vague: Vec<String>,
    /// What texts call themselves, of those that were looked at.
    pub labels: Memo<Arc<Label>>,
    /// The months of texts that were read.
    pub months: Memo<Value>,
    /// Which texts begin as notes do, of those that were looked at.
    pub notes_begun: Memo<bool>,
}

/// What a text calls itself, where it stands in a row.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Label {
    /// The folded text without its unit.
    pub key: String,
    /// Whether it is the label of a total; whether it is with what stands in its brackets, too.
    pub is_total: bool,
    pub is_whole_total: bool,
    /// Whether it sounds like one.
    pub sounds_like_total: bool,
    /// Whether it is a word for a total that tasks use as well; with nothing but a number behind it.
    pub is_summary: bool,
    pub is_bare_summary: bool,
    /// Whether one of its words, between blanks, is such a word; whether the first is.
    pub has_summary_word: bool,
    pub begins_summary: bool,
    /// Whether it names the sum of the rows above it that is carried over a page.
    pub is_carried: bool,
}

impl Lexicon {
    /// Returns the words of a pipeline file.
    pub fn of(normalise: &file::Normalise, more: &file::Lexicon) -> Self {
        let labels = [&more.totals, &more.subtotals, &more.grand_totals, &more.parts];
        let labels = labels.into_iter().flatten().cloned();
        let labels: Vec<String> = labels.chain(PARTS.map(str::to_owned)).collect();
        let lowered = |text: &str| fold::plain(text).to_lowercase();
        Self {
            totals: folded(&normalise.totals, &labels, fold::key),
            subtotals: folded(&SUBTOTALS, &more.subtotals, fold::key),
            grand_totals: folded(&GRAND_TOTALS, &more.grand_totals, fold::key),
            parts: folded(&PARTS, &more.parts, fold::key),
            added_up: folded(&ADDED_UP, &more.added_up, fold::key),
            carried: folded(&CARRIED, &more.carried, fold::key),
            summaries: folded(&SUMMARIES, &more.summaries, fold::key),
            last_month: folded(&LAST_MONTH, &more.last_month, fold::key),
            this_month: folded(&THIS_MONTH, &more.this_month, fold::key),
            actuals: folded(&ACTUALS, &more.actuals, fold::key),
            instructions: folded(&INSTRUCTIONS, &more.instructions, fold::plain),
            reasons: folded(&REASONS, &more.reasons, fold::plain),
            remarks: folded(&REMARKS, &more.remarks, fold::key),
            footers: folded(&FOOTERS, &[], fold::key),
            signers: folded(&SIGNERS, &more.signers, fold::key),
            offices: folded(&OFFICES, &more.offices, fold::key),
            block_names: folded(&BLOCK_NAMES, &more.block_names, fold::key),
            signatures: folded(&SIGNATURES, &more.signatures, fold::key),
            filled_by: folded(&FILLED_BY, &more.filled_by, fold::key),
            phones: folded(&PHONES, &more.phones, fold::key),
            reviewed_by: folded(&REVIEWED_BY, &more.reviewed_by, fold::key),
            seals: folded(&SEALS, &more.seals, fold::key),
            additions: folded(&ADDITIONS, &more.additions, fold::key),
            filling: folded(&FILLING, &more.filling, fold::plain),
            notes: folded(&normalise.notes, &more.notes, fold::key),
            pages: folded(&PAGES, &more.pages, fold::key),
            not_applicable: folded(&normalise.not_applicable, &more.not_applicable, lowered),
            ditto: folded(&normalise.ditto, &more.ditto, fold::plain),
            money_lines: folded(&MONEY_LINES, &more.money_lines, fold::plain),
            before_figures: folded(&BEFORE_FIGURES, &more.before_figures, fold::plain),
            guesses: folded(&GUESSES, &more.vague, fold::plain),
            vague: folded(&VAGUE, &more.vague, fold::plain),
            labels: Memo::default(),
            months: Memo::default(),
            notes_begun: Memo::default(),
        }
    }

    /// Returns what a text calls itself.
    pub fn label(&self, text: &str) -> Arc<Label> {
        self.labels.of(text, || Arc::new(self.label_of(text)))
    }

    fn label_of(&self, text: &str) -> Label {
        const LONGEST_SUMMARY: usize = 6;
        let Heading { key, bare, .. } = heading::read(text);
        // Total 2 bears the number of a footnote.
        let plain = key.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_short = key.chars().count() <= LONGEST_SUMMARY;
        let is_summary = self
            .summaries
            .iter()
            .any(|word| plain == word || (is_short && key.ends_with(word.as_str())));
        let is_summary_word = |word: &str| self.summaries.contains(&fold::key(word));
        let is_whole_total = self.totals.contains(&key);
        let sounds_like_total = [&key, &bare].iter().any(|key| self.sounds_like_total(key));
        Label {
            is_total: is_whole_total || self.totals.contains(&bare),
            is_whole_total,
            sounds_like_total,
            has_summary_word: text.split_whitespace().any(is_summary_word),
            begins_summary: text.split_whitespace().next().is_some_and(is_summary_word),
            is_summary,
            is_bare_summary: plain == key,
            is_carried: self.carried.contains(&fold::key(text)),
            key,
        }
    }

    /// Returns whether a text repeats the cell above: 同上, 同上。, （同上）.
    pub fn repeats_above(&self, text: &str) -> bool {
        // Most texts begin as no such word does.
        let first = text.trim_start().chars().next();
        if first.is_some_and(|first| fold::is_own_form(first) && !self.begins_ditto(first)) {
            return false;
        }
        let plain = fold::narrowed(text);
        let bare = plain.trim_matches(['(', ')', '。', '.', ',', ';', '!', '、']);
        self.ditto.iter().any(|word| *word == plain) || self.ditto.iter().any(|word| word == bare)
    }

    fn begins_ditto(&self, first: char) -> bool {
        self.ditto.iter().any(|word| word.starts_with(first))
    }

    /// Returns whether a key ends as a total does, or begins as one and goes on with nothing but what
    /// is added up: 合计金额, 合计7项; not 小计算机室.
    pub fn sounds_like_total(&self, key: &str) -> bool {
        const LONGEST: usize = 14;
        // A letter says less than a Chinese character.
        let letters = key.bytes().filter(u8::is_ascii_alphabetic).count();
        if key.chars().count() - letters / 2 > LONGEST {
            return false;
        }
        self.totals.iter().any(|word| {
            let rest = key.strip_prefix(word.as_str());
            let counts = rest.is_some_and(|rest| {
                // 其中 names a part of the total in words of its own.
                self.parts.contains(word)
                    || self.added_up.iter().any(|noun| rest.starts_with(noun.as_str()))
                    || rest.starts_with(|c: char| c.is_ascii_digit())
            });
            counts || key.ends_with(word.as_str())
        })
    }

    /// Returns whether a text begins as remarks below a table do in other languages: Source: …, NOTES.
    pub fn begins_footer(&self, text: &str) -> bool {
        let text = text.trim_start();
        let length = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        let (first, rest) = text.split_at(length);
        let ends = rest.trim_start();
        (ends.is_empty() || ends.starts_with(|c: char| ":.-–—(".contains(c) || c.is_ascii_digit()))
            && self.footers.iter().any(|word| word.eq_ignore_ascii_case(first))
    }

    /// Returns whether the label of a total is that of a block.
    pub fn is_subtotal(&self, label: &str) -> bool {
        let key = fold::key(label);
        self.subtotals.iter().any(|word| key.contains(word.as_str()))
    }

    /// Returns whether the label of a total says that it is that of everything.
    pub fn is_grand_total(&self, label: &str) -> bool {
        let key = fold::key(label);
        self.grand_totals.iter().any(|word| key.contains(word.as_str()))
    }

    /// Returns whether a label names a part of a total, which nothing on the sheet adds up to.
    pub fn is_part(&self, label: &str) -> bool {
        let key = fold::key(label);
        self.parts.iter().any(|word| key.starts_with(word.as_str()))
    }
}

impl Default for Lexicon {
    fn default() -> Self {
        Self::of(&file::Normalise::without_columns(), &file::Lexicon::default())
    }
}

/// Lists in whose words marks count; those of all others are compared without.
pub const WITH_MARKS: [&str; 8] = [
    "instructions",
    "reasons",
    "filling",
    "not_applicable",
    "ditto",
    "money_lines",
    "before_figures",
    "vague",
];

fn folded<Known: AsRef<str>, Folded: Fn(&str) -> String>(
    known: &[Known],
    more: &[String],
    fold: Folded,
) -> Vec<String> {
    let words = known.iter().map(AsRef::as_ref).chain(more.iter().map(String::as_str));
    words.map(fold).collect()
}
