//! Sends what a published run has ready, and says what came of it.

use std::path::Path;

use super::{Counts, Left, Request, Summary, archive_folder};
use crate::archive;
use crate::console::Console;
use crate::findings::report::Report;
use crate::model::{Severity, Side, Status};
use crate::outbox::{self, Delivered, Trouble};
use crate::pipeline::Pipeline;
use crate::roster::Standing;
use crate::wording;
use crate::wording::Agreement;

/// Sends the messages of a published run, where the pipeline file says how; what was sent before is not sent
/// again. Nothing of the run depends on it.
pub fn deliver(pipeline: &Pipeline, request: &Request, folder: &Path, console: &Console) {
    let Some(outbox) = &pipeline.outbox else { return };
    if outbox.mail.is_none() && outbox.robots.is_empty() {
        return;
    }
    let report = std::fs::read(folder.join("report.json")).unwrap_or_default();
    let Ok(report) = serde_json::from_slice::<Report>(&report) else { return };
    let left = left(&report, folder);
    let summary = Summary::of_run(pipeline, request.period, &left);
    let missing: Vec<String> = report
        .units
        .iter()
        .filter(|line| line.standing == Standing::Missing)
        .map(|line| line.unit.clone())
        .collect();
    let number = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = wording::outbox::told(&wording::outbox::Result {
        title: &pipeline.title,
        period: &report.period,
        run: &number,
        mandatory: left.findings.mandatory,
        verify: left.findings.verify,
        missing: &missing,
        workbook: &left.workbook,
    });
    let summary = serde_json::to_value(&summary).unwrap_or_default();
    let archive = archive_folder(pipeline, request);
    let delivered = outbox::deliver(&archive, &pipeline.name, outbox, folder, &text, &summary);
    tell(&delivered, request, console);
}

/// What a published run came to, as its report tells.
fn left(report: &Report, folder: &Path) -> Left {
    let open = |severity: Severity| {
        let open = report.findings.iter().filter(|line| {
            line.side == Side::Submission
                && line.severity == severity
                && matches!(line.status, Status::Open | Status::Answered | Status::Returned)
        });
        open.count()
    };
    let workbook = archive::workbook_of(folder).unwrap_or_else(|| folder.to_owned());
    Left {
        folder: folder.to_owned(),
        workbook,
        verdict: report.verdict,
        findings: Counts {
            mandatory: open(Severity::Mandatory),
            verify: open(Severity::Verify),
            plan: report.findings.iter().filter(|line| line.side == Side::Plan).count(),
        },
        checks: Agreement::default(),
    }
}

fn tell(delivered: &Delivered, request: &Request, console: &Console) {
    use wording::outbox as said;
    let Delivered { sent, known, without_address, troubles } = delivered;
    tracing::info!(
        event = "delivered",
        sent,
        known,
        without_address = without_address.len(),
        troubles = troubles.len()
    );
    let language = request.language;
    if *sent > 0 {
        console.say(said::sent(*sent).in_language(language));
    }
    if !without_address.is_empty() {
        console.say(said::without_address(without_address).in_language(language));
    }
    for trouble in troubles {
        let said = match trouble {
            Trouble::NoWay(way, why) => said::no_way(way, why),
            Trouble::NotTaken(to, why) => said::not_taken(to, why),
            Trouble::Unknown(to, why) => said::unknown(to, why),
            Trouble::NoRecord(path, why) => said::no_record(path, why),
            Trouble::Busy => said::busy(),
        };
        console.complain(said.in_language(language));
    }
}
