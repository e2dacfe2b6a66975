//! Whether whoever reads a file has had its time.

use std::time::{Duration, Instant};

/// Why a file is not waited for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    TooSlow,
    /// It was hardly at work: something else held it up.
    HeldUp,
}

/// Whether a worker has had its time. What counts is how long it was at work, where the system tells
/// it: a machine that is busy with something else is no fault of a file.
#[derive(Debug)]
pub struct Watch {
    limit: Duration,
    begun: Instant,
    /// When it is looked at next.
    until: Instant,
    /// How long it had been at work when it was looked at first.
    first: Duration,
    /// When it was looked at last, and how long it had been at work by then.
    last: Option<(Instant, Duration)>,
}

impl Watch {
    /// Few files take so long that they are looked at even once.
    const FIRST_LOOK: u32 = 20;
    /// How many times its limit a file is waited for by the clock, on a machine that has much else to do.
    const PATIENCE: u32 = 60;
    /// Whoever is at work for less than this part of the time is asleep, or stopped.
    const ASLEEP: u32 = 32;

    pub fn over(limit: Duration) -> Self {
        let begun = Instant::now();
        let until = begun + limit / Self::FIRST_LOOK;
        Self { limit, begun, until, first: Duration::ZERO, last: None }
    }

    /// How long it is until the next look.
    pub fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Looks at a worker that has not answered; none where it is waited for once more. Whoever waits
    /// for one that was held up may look on.
    pub fn look(&mut self, worked: Option<Duration>) -> Option<Over> {
        let (now, end) = (Instant::now(), self.begun + self.limit);
        let Some(worked) = worked else {
            self.until = end;
            return (now >= end).then_some(Over::TooSlow);
        };
        let Some((then, before)) = self.last.replace((now, worked)) else {
            self.first = worked;
            self.until = end;
            return None;
        };
        let step = self.limit / Self::FIRST_LOOK;
        let had = worked.saturating_sub(self.first) + step;
        let left = self.limit.saturating_sub(had);
        self.until = now + left.max(step);
        if worked.saturating_sub(before) < (now - then) / Self::ASLEEP {
            return Some(Over::HeldUp);
        }
        if left < step {
            return Some(Over::TooSlow);
        }
        (now >= self.begun + self.limit * Self::PATIENCE).then_some(Over::HeldUp)
    }
}

/// How long a process has been at work, where the system tells it in a file.
pub fn worked(process: u32) -> Option<Duration> {
    /// In hundredths of a second, after the name, which may hold anything.
    const USER: usize = 11;
    const SYSTEM: usize = 12;
    if !cfg!(target_os = "linux") {
        return None;
    }
    let told = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = told.rsplit_once(')')?.1.split_whitespace().collect();
    let hundredths = |field: usize| fields.get(field)?.parse::<u64>().ok();
    Some(Duration::from_millis((hundredths(USER)? + hundredths(SYSTEM)?) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker that began so long ago and is looked at twice: after a twentieth of its time, and now.
    fn looked_at(ago: u64, worked: u64) -> Option<Over> {
        let mut watch = Watch::over(Duration::from_secs(10));
        watch.begun = Instant::now().checked_sub(Duration::from_secs(ago)).unwrap();
        let early = Duration::from_millis(500);
        watch.first = early;
        watch.last = Some((watch.begun + early, early));
        watch.look(Some(Duration::from_secs(worked)))
    }

    #[test]
    fn a_file_has_its_time_at_work_and_a_busy_machine_is_waited_for() {
        assert!(matches!(looked_at(10, 10), Some(Over::TooSlow)));
        assert!(looked_at(10, 3).is_none(), "a third of a processor");
        assert!(looked_at(40, 8).is_none());
        assert!(matches!(looked_at(40, 10), Some(Over::TooSlow)));
        assert!(looked_at(200, 8).is_none(), "a machine that has much else to do");
        assert!(matches!(looked_at(601, 40), Some(Over::TooSlow)));
        assert!(matches!(looked_at(601, 8), Some(Over::HeldUp)));
        let mut watch = Watch::over(Duration::from_secs(10));
        watch.begun = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        watch.last = Some((watch.begun, Duration::from_secs(4)));
        assert!(matches!(watch.look(Some(Duration::from_secs(4))), Some(Over::HeldUp)), "stopped");
    }

    #[test]
    fn where_no_system_tells_the_clock_counts() {
        let mut watch = Watch::over(Duration::from_secs(10));
        assert!(watch.look(None).is_none());
        watch.begun = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        assert!(matches!(watch.look(None), Some(Over::TooSlow)));
    }
}
