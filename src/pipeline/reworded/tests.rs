//! What headings in other words say, and what they do not.

use super::*;

#[test]
fn headings_in_other_words_say_the_same() {
    let words = Lexicon::default();
    for (one, other) in [
        ("户主姓名", "户主"),
        ("身份证号码", "身份证号"),
        ("一卡通账号", "银行账号"),
        ("项目", "补助项目"),
        ("项目名称", "工程名称"),
        ("补贴面积", "面积（亩）"),
        ("补贴标准", "标准（元/亩）"),
        ("车购税", "车购税资金（万元）"),
        ("完成时限", "计划完成时间"),
        ("资金", "下达金额（元）"),
        ("其中：中央", "中央财政补助资金（万元）"),
        ("村（社区）", "村名"),
        ("中央衔接资金", "中央"),
        ("补贴资金", "申请补贴金额（元）"),
        ("累计支付", "累计付款"),
        ("路线编号", "路线编码"),
        ("建设内容及规模", "主要建设内容"),
        ("受益户数", "受益农户（户）"),
        ("核定床位", "核定床位数"),
        ("下达时间", "下达日期"),
        ("剩余未付", "未支付金额"),
    ] {
        assert_eq!(gist(one, &words).key, gist(other, &words).key, "{one}, {other}");
    }
    for (one, other) in [
        ("资金", "到位资金"),
        ("资金", "中央资金"),
        ("计划投资", "完成投资"),
        ("项目名称", "项目类别"),
        ("项目名称", "项目资金"),
        ("项目名称", "项目数"),
        ("联系人", "联系电话"),
        ("总投资", "年度投资"),
        ("单位", "建设单位"),
        ("完成投资", "计划完成投资"),
        ("到位资金", "计划到位资金"),
        ("拨付金额", "拟拨付资金"),
        ("面积", "面积补助资金"),
        ("市", "市级资金"),
        ("累计支付", "未付金额"),
        ("合同价", "审定金额"),
        ("资金", "自筹资金"),
        ("面积", "征地亩数"),
        ("县级", "县级自筹"),
        ("人数", "新增人口"),
    ] {
        assert_ne!(gist(one, &words).key, gist(other, &words).key, "{one}, {other}");
    }
    assert_eq!(gist("里程（公里）", &words).measure.as_deref(), Some("公里"));
}

#[test]
fn headings_are_alike_by_their_ends() {
    for (declared, own) in [
        ("保障户数", "户数"),
        ("家庭人口", "人口"),
        ("截至底部里程", "里程"),
        ("姓名", "老人姓名"),
        ("发放金额", "发放金额"),
    ] {
        assert!(ends_alike(declared, own), "{declared}, {own}");
    }
    for (declared, own) in [
        ("里程", "完成里程"),
        ("计划完成里程", "完成里程"),
        ("面积", "人均面积"),
        ("户数", "上年户数"),
        ("人口", "新增人口"),
        ("单位", "建设单位"),
        ("总投资", "投资"),
        ("项目", "项目类别"),
        ("金额", "退回金额"),
        ("资金", "到账资金"),
        ("床位", "入住床位"),
        ("面积", "征地面积"),
    ] {
        assert!(!ends_alike(declared, own), "{declared}, {own}");
    }
    assert!(begin_alike("建设任务", "建设面积"));
    for (declared, own) in [
        ("建设任务", "完成面积"),
        ("建设面积", "征地面积"),
        ("低保户数", "特困户数"),
        ("道路长度", "道路宽度"),
        ("建设任务", "建设征地"),
    ] {
        assert!(!begin_alike(declared, own), "{declared}, {own}");
    }
}

#[test]
fn what_a_list_is_about_is_called_so_or_otherwise() {
    let words = Lexicon::default();
    let are_alike = |declared: &str, own: &str| {
        let of = |text| lowest(text, &words).unwrap();
        name_alike(&of(declared), &of(own))
    };
    for (declared, own) in
        [("路线名称", "项目名称"), ("路线名称", "名称"), ("项目名称", "路线名称")]
    {
        assert!(are_alike(declared, own), "{declared}, {own}");
    }
    for (declared, own) in [
        ("路线名称", "单位名称"),
        ("项目名称", "施工单位名称"),
        ("项目名称", "开户银行名称"),
        ("路线名称", "项目类别"),
    ] {
        assert!(!are_alike(declared, own), "{declared}, {own}");
    }
}

#[test]
fn a_level_above_that_says_no_more_adds_nothing() {
    for (level, lowest) in [
        ("支付情况", "累计支付"),
        ("合同信息", "合同价"),
        ("建设面积", "改造"),
        ("资金来源", "中央"),
    ] {
        assert!(adds_nothing(level, lowest), "{level}, {lowest}");
    }
    for (level, lowest) in [
        ("支付情况", "中央"),
        ("付款计划", "付款金额"),
        ("支付计划", "支付"),
        ("合同信息", "金额"),
        ("到位资金", "中央"),
        ("征地面积", "改造"),
        ("2019年", "计划"),
        ("自筹资金", "小计"),
    ] {
        assert!(!adds_nothing(level, lowest), "{level}, {lowest}");
    }
}
