//! The printable page: what it says is what the report says, it asks nothing of anybody, and its links
//! lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Run, given_month, root, run_inbox, run_into};

fn page_of(run: &Run) -> String {
    let pages: Vec<PathBuf> = fs::read_dir(&run.folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .collect();
    let [page] = pages.as_slice() else { panic!("{} pages", pages.len()) };
    assert_eq!(page.file_stem(), run.workbook().file_stem(), "it is named as the workbook");
    fs::read_to_string(page).unwrap()
}

/// The text of a page as it is read, without its marks, its style and white space.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("<style") { "</style>" } else { ">" };
        let Some(after) = rest[at..].find(end) else { break };
        rest = &rest[at + after + end.len()..];
    }
    text.push_str(rest);
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    squeezed(&plain.replace("&amp;", "&"))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The values of an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begins = format!(" {attribute}=\"");
    let parts = page.split(begins.as_str()).skip(1);
    parts.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Says what a page asks of others, or needs a script for.
fn asks_for(page: &str) -> Vec<&'static str> {
    let asking = [
        "<script",
        "<link",
        "<img",
        "<iframe",
        "<object",
        "<embed",
        "<form",
        "<base",
        " src=",
        "url(",
        "@import",
        "http-equiv",
        " onload",
        " onclick",
        "javascript:",
    ];
    // What others wrote stands between the marks, not in them.
    let marks = page
        .split('<')
        .skip(1)
        .map(|rest| if rest.starts_with("style") { rest } else { rest.split('>').next().unwrap() });
    let marks: String = marks.flat_map(|mark| ["<", mark]).collect();
    asking.into_iter().filter(|mark| marks.contains(mark)).collect()
}

/// Returns the page, which says the whole of every message.
fn says_all(run: &Run) -> String {
    let page = holds(run);
    let text = text_of(&page);
    for finding in run.findings().iter().filter(|finding| finding["severity"] != "note") {
        let message = squeezed(finding["message"].as_str().unwrap());
        assert!(text.contains(&message), "not on the page: {message}");
    }
    page
}

/// Returns the page, which has a line for each finding, links that lead somewhere, and all it needs.
fn holds(run: &Run) -> String {
    let page = page_of(run);
    let above_note = |finding: &&Value| finding["severity"] != "note";
    let listed: Vec<&Value> = run.findings().iter().filter(above_note).collect();
    for finding in &listed {
        let id = format!("id=\"f-{}\"", finding["id"].as_str().unwrap());
        assert!(page.contains(&id), "{id}");
    }
    assert_eq!(page.matches("<tr id=\"f-").count(), listed.len());
    assert_eq!(asks_for(&page), Vec::<&str>::new());
    for leads in values(&page, "href") {
        match leads.strip_prefix('#') {
            Some(id) => assert!(page.contains(&format!(" id=\"{id}\"")), "{leads}"),
            None => assert!(run.folder.join(leads).is_file(), "{leads}"),
        }
    }
    assert_eq!(page.matches("<table").count(), page.matches("<thead>").count());
    assert!(page.contains("@page") && page.contains("table-header-group"));
    let pictures = page.matches("<svg").count();
    assert!(pictures > 1);
    assert_eq!(
        (page.matches("<title>").count() - 1, page.matches("<desc>").count()),
        (pictures, pictures)
    );
    page
}

#[test]
fn the_page_says_what_the_report_says_and_asks_nothing_of_anybody() {
    let run = given_month();
    let page = says_all(&run);
    assert_eq!(page, page_of(&given_month()), "the same inputs give the same bytes");
}

#[test]
fn what_others_wrote_is_text_on_the_page() {
    let run = run_inbox(&root().join("fixtures/cases/hostile-text/inbox"), "2020-08");
    let page = holds(&run);
    assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "a control character");
}

/// What a row of the year says.
fn row_of_year(page: &str, unit: &str) -> String {
    let year = &page[page.find("<section id=\"year\"").unwrap()..];
    let year = &year[..year.find("</section>").unwrap()];
    let row = year.split("<tr>").find(|row| row.contains(&format!(">{unit}<"))).unwrap();
    text_of(row)
}

#[test]
fn the_year_shows_each_period_as_its_last_run_left_it() {
    let months = root().join("fixtures/cases/three-months");
    let run = |month: &str, archive| run_into(&months.join(month), month, archive);
    let august = run("2020-08", tempfile::tempdir().unwrap());
    assert_eq!(row_of_year(&page_of(&august), "天涯区").matches("已报").count(), 1);
    let september = run("2020-09", august.archive);
    let page = page_of(&september);
    assert!(text_of(&page).contains("8月（批次01）9月（批次01）"));
    assert_eq!(row_of_year(&page, "天涯区").matches("已报").count(), 2);
    // August is run once more, without 天涯区, after September was.
    let without = tempfile::tempdir().unwrap();
    for file in fs::read_dir(months.join("2020-08")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !name.contains("天涯区") {
            fs::copy(&file, Path::new(without.path()).join(name)).unwrap();
        }
    }
    let august = run_into(without.path(), "2020-08", september.archive);
    let october = run("2020-10", august.archive);
    let page = says_all(&october);
    assert!(text_of(&page).contains("8月（批次02）9月（批次01）10月（批次01）"));
    assert!(row_of_year(&page, "天涯区").starts_with("天涯区未报"));
    let year = october.report["year"].as_array().unwrap();
    let periods: Vec<&str> = year.iter().map(|line| line["period"].as_str().unwrap()).collect();
    assert_eq!(periods, ["2020-08", "2020-09", "2020-10"]);
}
