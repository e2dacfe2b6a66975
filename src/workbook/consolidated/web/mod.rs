//! The printable page: what page one says, the year, and the list of what is to be done, as one file of
//! HTML that asks nothing of anybody and is read without a script.

mod pictures;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Material, findings, overview, year};
use crate::findings::{Settled, YearLine, YearUnit, figures, found_as_listed, listed};
use crate::model::amount::sum_in;
use crate::model::personal::masked;
use crate::model::words::{Language, grouped, short_list};
use crate::model::{Severity, Side, Value};
use crate::roster::Standing;
use crate::wording::{self, overview as words, pages, web};
use crate::workbook::text::clean;

const STYLE: &str = include_str!("page.css");

/// Returns the page; the workbook beside it is named.
pub fn page(material: &Material<'_>, workbook: &str) -> String {
    let title = said(material, &material.pipeline.title);
    let issuer = material.pipeline.workbook.issued_by.as_deref();
    let parts: [(&str, &str, Option<Markup>); 5] = [
        ("bridge", words::CONCLUSION, Some(conclusion(material))),
        ("sums", web::BRIDGE_TABLE, bridge(material)),
        ("units", words::STANDINGS, Some(units(material))),
        ("year", web::YEAR, Some(of_year(material))),
        ("list", web::LIST, Some(list(material))),
    ];
    let there = || parts.iter().filter(|(_, _, part)| part.is_some()).enumerate();
    let markup = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " " (wording::month_text(material.period)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p.centre {
                    (words::subtitle(material.period, issuer, material.pipeline.money))
                }
                @if let Some(version) = material.version {
                    p.seal { (words::version(&version.batch, &version.seal)) }
                }
                nav aria-label=(web::CONTENTS) {
                    @for (_, (id, title, _)) in there() { a href=(format!("#{id}")) { (title) } }
                }
                @for (place, (id, title, part)) in there() {
                    section id=(id) {
                        h2 { (words::numbered(place, title)) }
                        @if let Some(part) = part { (part) }
                    }
                }
                p { (web::beside(workbook)) }
            }
        }
    };
    markup.into_string()
}

/// A text of others as a page can hold it: without signs that could make it read as something else, and
/// without personal numbers, unless the pipeline file wants them.
fn said(material: &Material<'_>, text: &str) -> String {
    let clean = clean(text);
    if material.pipeline.workbook.mask { masked(&clean).into_owned() } else { clean.into_owned() }
}

fn conclusion(material: &Material<'_>) -> Markup {
    let drawn = overview::from_plan_to_report(material);
    html! {
        p.verdict { (overview::verdict(material)) }
        @for (line, _) in overview::said_below(material) { p { (said(material, &line)) } }
        @if let Some(drawn) = drawn {
            @let title = material.title_of(drawn.field);
            h2 { (words::waterfall_title(&title, material.pipeline.money)) }
            p { (words::ABOUT_THE_WATERFALL) }
            (pictures::waterfall(&drawn, &title, material.pipeline.money))
        }
    }
}

/// From plan to report, a line a unit and amount column; none where no column holds amounts.
fn bridge(material: &Material<'_>) -> Option<Markup> {
    let fields = overview::bridge_fields(material);
    if fields.is_empty() {
        return None;
    }
    let steps = overview::bridge_steps(material);
    let money = material.pipeline.money;
    let amount = |sum: i128| html! { td.figure { (grouped(&sum_in(money, sum))) } };
    Some(html! {
        p { (words::from_plan_to_report(money)) "　" (pages::ABOUT_THE_BRIDGE) }
        div.scroll { table {
            thead { tr {
                th { (material.pipeline.unit_title()) }
                th { (words::AMOUNT_COLUMN) }
                th { (words::PLANNED) }
                @for step in &steps { th { (words::step(*step)) } }
                th { (words::REPORTED) }
                th { (words::RESIDUAL) }
            } }
            @for field in fields {
                @let title = material.title_of(field);
                @let own = overview::bridges_of(material, field);
                tbody {
                    @for (unit, bridge) in &own {
                        tr {
                            td.centre { (said(material, unit)) }
                            td.centre { (title) }
                            (amount(bridge.plan))
                            @for step in &steps { (amount(bridge.steps[*step as usize])) }
                            (amount(bridge.reported))
                            (amount(bridge.residual()))
                        }
                    }
                    @let whole = overview::whole_bridge(material, field);
                    tr.total {
                        td.centre { (words::ALL_UNITS) }
                        td.centre { (title) }
                        (amount(whole.plan))
                        @for step in &steps { (amount(whole.steps[*step as usize])) }
                        (amount(whole.reported))
                        (amount(whole.residual()))
                    }
                }
            }
        } }
    })
}

/// Where every unit stands, its open findings as a bar, and whom to call.
fn units(material: &Material<'_>) -> Markup {
    let counted: Vec<_> = material
        .result
        .units
        .iter()
        .map(|unit| {
            let open = [Severity::Mandatory, Severity::Verify];
            (unit, open.map(|severity| material.open_of(&unit.unit, severity)))
        })
        .collect();
    let most = counted.iter().map(|(_, [first, second])| first + second).max().unwrap_or(0);
    let [unit, standing, tasks, matched, ..] = words::standing_headings(material.pipeline);
    html! {
        div.scroll { table {
            thead { tr {
                @for name in [unit, standing, tasks, matched] { th { (name) } }
                th { (web::marked(Severity::Mandatory)) }
                th { (web::marked(Severity::Verify)) }
                th { (web::BARS) }
                th { (words::CONTACT) }
                th { (words::FILES) }
            } }
            tbody { @for (unit, [mandatory, verify]) in counted {
                @let name = said(material, &unit.unit);
                tr {
                    td.centre { (name) }
                    td.centre { (unit.standing.chinese()) }
                    td.figure { (unit.tasks) }
                    td.figure { (unit.matched) }
                    td.figure { (mandatory) }
                    td.figure { (verify) }
                    td { (pictures::bar(&name, mandatory, verify, most)) }
                    // Whom a unit gave as its contact is to be called.
                    td.words { (clean(&pages::contact(&unit.contacts))) }
                    td.words { @for file in &unit.files { (link(material, file, Side::Submission)) " " } }
                }
            } }
        } }
        @if let Some(zero) = overview::nothing_to_report(material) { p { (said(material, &zero)) } }
    }
}

/// A file's name, as a link to its copy where there is one.
fn link(material: &Material<'_>, file: &str, side: Side) -> Markup {
    let name = said(material, file);
    html! {
        @match material.copy_of(file, side) {
            Some(copy) => a href=(copy) { (name) },
            None => (name),
        }
    }
}

/// Units by periods; how much is open is told by the ground and in words.
fn of_year(material: &Material<'_>) -> Markup {
    let lines: Vec<YearLine> = year::lines(material);
    let by_unit: Vec<_> = lines.iter().map(year::by_name).collect();
    let rates = &material.pipeline.rates;
    html! {
        p { (wording::year::ABOUT) }
        @if !rates.is_empty() {
            p { (words::about_rates(rates, |field| overview::rate_title(material, field), material.period)) }
        }
        ul.legend { @for (class, meaning) in web::COLOURS {
            li { span class=(class) {} (meaning) }
        } }
        div.scroll { table {
            thead { tr {
                th { (material.pipeline.unit_title()) }
                @for line in &lines { th { (year::heading(material, line)) } }
            } }
            tbody { @for name in year::units(&lines) {
                tr {
                    td.centre { (said(material, name)) }
                    @for units in &by_unit {
                        @let unit = units.get(name).copied();
                        td class={ "heat " (heat(unit)) } {
                            @for (place, text) in wording::year::of_unit(unit).iter().enumerate() {
                                @if place > 0 { br; }
                                (text)
                            }
                        }
                    }
                }
            } }
        } }
    }
}

/// The ground of a unit in a period, as `web::COLOURS` tells it.
fn heat(unit: Option<&YearUnit>) -> &'static str {
    let Some(unit) = unit else { return "unlisted" };
    match unit.standing {
        Standing::Missing | Standing::Unreadable | Standing::Blank => "silent",
        _ if unit.mandatory > 0 => "mandatory",
        _ if unit.verify > 0 => "verify",
        _ => "none",
    }
}

/// All findings above note, with their places.
fn list(material: &Material<'_>) -> Markup {
    let own: Vec<&Settled> = findings::in_order(material)
        .into_iter()
        .map(|place| &material.settled[place])
        .filter(|settled| settled.severity > Severity::Note)
        .collect();
    if own.is_empty() {
        return html! { p { (web::NOTHING_LISTED) } };
    }
    html! {
        p { (web::listed(own.len())) }
        div.scroll { table.list {
            colgroup { @for width in WIDTHS { col style=(format!("width: {width}%")); } }
            thead { tr {
                th { "序" }
                th { (material.pipeline.unit_title()) }
                th { (words::KIND) }
                th { (web::WHAT) }
                th { (words::PLANNED) }
                th { (words::REPORTED) }
                th { (web::WHERE) }
                th { (web::STATE) }
                th { (web::ANSWER) }
            } }
            tbody { @for (number, settled) in (1..).zip(own) { (line(material, number, settled)) } }
        } }
    }
}

/// Of the columns of the list, in hundredths of the page.
const WIDTHS: [u32; 9] = [4, 8, 10, 30, 10, 10, 11, 7, 10];

fn line(material: &Material<'_>, number: usize, settled: &Settled) -> Markup {
    let finding = &settled.finding;
    let shown = figures::shown(finding, material.pipeline.money);
    let figure = |value: Option<&Value>, text: &Option<String>| {
        let text = match value {
            // As the workbook and the sentences have them.
            Some(value @ (Value::Month(_) | Value::Date(_) | Value::Percent(_))) => {
                wording::value_text(value, material.pipeline, Language::Chinese)
            }
            _ => listed(text),
        };
        let text = if text.parse::<f64>().is_ok() { grouped(&text) } else { text };
        said(material, &text)
    };
    let cells: Vec<String> = finding.cells.iter().map(ToString::to_string).collect();
    let message = wording::settled_message(settled, material.pipeline, Language::Chinese);
    let explanation = settled.explanation.as_ref().map(|explanation| explanation.text.as_str());
    let opinion = settled.decision.as_ref().map(|decision| decision.opinion.as_str());
    let answer: Vec<&str> = [explanation, opinion].into_iter().flatten().collect();
    html! {
        tr id=(format!("f-{}", settled.id)) {
            td.figure { (number) }
            td.centre { (said(material, finding.unit.as_deref().unwrap_or_default())) }
            td.centre { (web::marked(settled.severity)) br; (finding.kind().entry().title.chinese) }
            td.words { (said(material, &message)) }
            td.figure { (figure(finding.expected.as_ref(), &shown.expected)) }
            td.figure { (figure(finding.found.as_ref(), &found_as_listed(finding, shown.found.clone()))) }
            td.words {
                @if let Some(file) = &finding.file { (link(material, file, finding.side)) }
                @if let Some(sheet) = &finding.sheet { " › " (said(material, sheet)) }
                @if !cells.is_empty() { " › " (short_list(&cells, 3, Language::Chinese)) }
            }
            td.centre { (pages::state(settled)) }
            td.words { (said(material, &answer.join("；"))) }
        }
    }
}
