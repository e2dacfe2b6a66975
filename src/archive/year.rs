//! The earlier periods of a year, as their last runs left them.

use std::collections::BTreeMap;

use super::published::{self, Published};
use super::{Staging, numbered};
use crate::findings::YearLine;
use crate::model::Month;

impl Staging {
    /// Returns the earlier periods of the run's year: what the report of the latest of them carries on,
    /// and what was run anew since. Only such runs are read.
    pub fn year_before(&self, earlier: Option<&Published>) -> Vec<YearLine> {
        let mut known: BTreeMap<Month, YearLine> = BTreeMap::new();
        if let Some(run) = earlier {
            let carried = run.report.year.iter();
            known.extend(carried.filter_map(|line| Some((line.month()?, line.clone()))));
            known.insert(run.period, YearLine::of_report(&run.report, &numbered(run.number)));
        }
        let is_before = |period: Month| period.year == self.period.year && period < self.period;
        for of in self.shelf.periods.iter().filter(|of| is_before(of.period)) {
            for number in of.runs.iter().rev() {
                let number_shown = numbered(*number);
                if known.get(&of.period).is_some_and(|line| line.run == number_shown) {
                    break;
                }
                if let Ok(run) = published::read_run(of, *number, &self.pipeline) {
                    known.insert(of.period, YearLine::of_report(&run.report, &number_shown));
                    break;
                }
            }
        }
        known.into_iter().filter(|(period, _)| is_before(*period)).map(|(_, line)| line).collect()
    }
}
