//! The year so far: where every unit stood in each period, and what was open then. Each report carries
//! on what the one before it knew.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Report;
use crate::model::{Month, Severity, Side, Status};
use crate::roster::Standing;

/// A period, as its last run left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearLine {
    pub period: String,
    /// The number of that run: `02`; none for the period of the report itself, which does not depend on it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub run: String,
    pub units: Vec<YearUnit>,
}

/// A unit in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearUnit {
    pub unit: String,
    pub standing: Standing,
    /// Open findings.
    pub mandatory: usize,
    pub verify: usize,
    /// Declared shares of money by their titles, in per cent; what cannot be reckoned is not there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<String, String>,
}

impl YearLine {
    /// Returns the period's line of its own report, or makes it from a report that has none.
    pub fn of_report(report: &Report, run: &str) -> Self {
        let own = report.year.iter().find(|line| line.period == report.period);
        if let Some(own) = own {
            return Self { run: run.to_owned(), ..own.clone() };
        }
        let open = |unit: &str, severity: Severity| {
            let lines = report.findings.iter().filter(|line| {
                line.side == Side::Submission
                    && line.severity == severity
                    && line.unit.as_deref() == Some(unit)
                    && matches!(line.status, Status::Open | Status::Answered | Status::Returned)
            });
            lines.count()
        };
        let units = report.units.iter().map(|line| YearUnit {
            unit: line.unit.clone(),
            standing: line.standing,
            mandatory: open(&line.unit, Severity::Mandatory),
            verify: open(&line.unit, Severity::Verify),
            rates: BTreeMap::new(),
        });
        let units = units.collect();
        Self { period: report.period.clone(), run: run.to_owned(), units }
    }

    pub fn month(&self) -> Option<Month> {
        self.period.parse().ok()
    }

    pub fn unit(&self, name: &str) -> Option<&YearUnit> {
        self.units.iter().find(|unit| unit.unit == name)
    }
}
