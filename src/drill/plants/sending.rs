//! Files that are not there, cannot be read, come twice, or come again unchanged.

use crate::drill::base::Base;
use crate::drill::edit;
use crate::drill::planting::{Added, Expected, Planting, no_occasion};
use crate::findings::{Lines, PlanLine, Report, SCHEMA, Verdict};
use crate::model::{CellAt, FileId, Kind, Said, Side, UnitId};
use crate::read::{Book, Content, Format, Sheet};

const NO_FILE: (&str, &str) = (
    "没有一个单位是用一个自己的、能够读取的文件报送的",
    "no unit sent one readable file of its own",
);

fn lone_file(base: &Base<'_>) -> Result<(FileId, UnitId), Said> {
    match base.lone_files().first() {
        Some(found) => Ok(*found),
        None => no_occasion(NO_FILE.0, NO_FILE.1),
    }
}

/// A unit sends nothing.
pub fn missing(base: &Base<'_>) -> Result<Planting, Said> {
    let (file, unit) = lone_file(base)?;
    let name = base.file_name(file);
    let mut planting =
        Planting::new(format!("拿走文件“{name}”"), format!("the file “{name}” is taken away"))
            .silences_file(base, file)
            .finds(missing_unit(base, unit));
    planting.gone.insert(file);
    Ok(planting)
}

fn missing_unit(base: &Base<'_>, unit: UnitId) -> Expected {
    Expected {
        unit: Some(base.unit_name(unit).to_owned()),
        ..Expected::new(Kind::SubmissionMissing, Side::Submission)
    }
}

/// A file is cut off in the middle.
pub fn unreadable(base: &Base<'_>) -> Result<Planting, Said> {
    let (file, unit) = lone_file(base)?;
    let name = base.file_name(file);
    let named = base.unit_in_file_name(file);
    let mut planting = Planting::new(
        format!("把文件“{name}”从中间截断"),
        format!("the file “{name}” is cut off in the middle"),
    )
    .silences_file(base, file)
    .finds(Expected {
        unit: named.map(|unit| base.unit_name(unit).to_owned()),
        file: Some(name.to_owned()),
        ..Expected::new(Kind::SubmissionUnreadable, Side::Submission)
    });
    if named.is_none() {
        // Nobody can tell whose it was, so its unit has sent nothing.
        planting = planting.finds(missing_unit(base, unit));
    }
    planting.cut.insert(file);
    Ok(planting)
}

/// A letter lies in the inbox beside the sheets.
pub fn attachment(base: &Base<'_>) -> Result<Planting, Said> {
    let Some(ending) = base.pipeline.intake.attachments.first() else {
        return no_occasion(
            "核对方案没有登记附件的文件类型",
            "the pipeline file expects no attachments",
        );
    };
    if base.lone_files().is_empty() {
        return no_occasion(NO_FILE.0, NO_FILE.1);
    }
    let name = format!("演练/函件.{ending}");
    let mut sheet = Sheet { name: Some("函件".to_owned()), ..Sheet::default() };
    edit::put(&mut sheet, CellAt::new(0, 0), Some(Content::Text("随表报来，请收阅。".into())));
    let mut planting = Planting::new(
        format!("在收件文件夹里放入一份函件“{name}”"),
        format!("a letter “{name}” is put into the inbox"),
    )
    .finds(Expected {
        file: Some(name.clone()),
        ..Expected::new(Kind::Attachment, Side::Submission)
    });
    let book = Book { format: Format::Csv, sheets: vec![sheet], properties: Vec::new() };
    planting.added.push(Added { name, book, modified: 0 });
    Ok(planting)
}

/// An older copy of a unit's file lies in the inbox beside it.
pub fn duplicate(base: &Base<'_>) -> Result<Planting, Said> {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    // What is said about the layout of a file is said about its copy as well.
    let plain = base.lone_files().into_iter().find(|(file, _)| {
        base.extract(*file).findings.is_empty()
            && base.about_file(*file).iter().all(|place| {
                base.settled()[*place].finding.kind() != Kind::PeriodDiffers
                    && base.settled()[*place].finding.kind() != Kind::UnitDoubtful
            })
    });
    let Some((file, unit)) = plain else {
        return no_occasion(NO_FILE.0, NO_FILE.1);
    };
    let name = base.file_name(file);
    let Some(mut book) = base.material.books[file].clone() else {
        return no_occasion(NO_FILE.0, NO_FILE.1);
    };
    // Other bytes, the same content: the same bytes would be one file.
    book.properties.push(("duibiao.drill".to_owned(), "1".to_owned()));
    let other = format!("旧稿/{name}");
    let mut planting = Planting::new(
        format!("在收件文件夹里放入一份前一天保存的“{other}”"),
        format!("a copy “{other}”, saved a day earlier, is put into the inbox"),
    )
    .finds(Expected {
        unit: Some(base.unit_name(unit).to_owned()),
        file: Some(name.to_owned()),
        ..Expected::new(Kind::SubmissionDuplicate, Side::Submission)
    });
    let modified = base.case.received[usize::from(file)].modified - DAY;
    planting.added.push(Added { name: other, book, modified });
    Ok(planting)
}

/// The month before had the same content.
pub fn unchanged(base: &Base<'_>) -> Result<Planting, Said> {
    let (file, unit) = lone_file(base)?;
    let name = base.unit_name(unit);
    let content =
        base.reconciled.units.iter().find(|line| line.unit == name && !line.content.is_empty());
    let (Some(content), Some(earlier)) = (content, base.period().previous()) else {
        return no_occasion("该单位没有报送任务", "the unit sent no task");
    };
    let mut planting = Planting::new(
        format!("把上期（{earlier}）的存档改成{name}报送了与本期相同的内容"),
        format!("the report of {earlier} is made to say that {name} sent what it sends now"),
    )
    .finds(Expected {
        unit: Some(name.to_owned()),
        file: Some(base.file_name(file).to_owned()),
        ..Expected::new(Kind::SubmissionUnchanged, Side::Submission)
    });
    planting.earlier =
        Some(Box::new(Report { units: vec![content.clone()], ..nothing_known(base, earlier) }));
    Ok(planting)
}

/// Returns the report of an earlier period that knows nothing.
pub fn nothing_known(base: &Base<'_>, period: crate::model::Month) -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        pipeline: base.pipeline.name.clone(),
        period: period.to_string(),
        verdict: Verdict::Agrees,
        corrected: None,
        earlier: None,
        not_followed: None,
        plan: PlanLine {
            file: String::new(),
            sha256: String::new(),
            tasks: 0,
            from: String::new(),
            unchecked: Vec::new(),
            changes: Vec::new(),
        },
        units: Vec::new(),
        files: Vec::new(),
        totals: Vec::new(),
        rows: Vec::new(),
        cells: Vec::new(),
        resolved: Vec::new(),
        lapsed: Vec::new(),
        year: Vec::new(),
        findings: Vec::new(),
        coverage: Vec::new(),
        bridge: Vec::new(),
        conservation: Vec::new(),
        returned: Vec::new(),
        passed_over: Vec::new(),
        pairs: Vec::new(),
        values: Lines::default(),
        reported: Lines::default(),
        known: std::collections::BTreeSet::new(),
    }
}
