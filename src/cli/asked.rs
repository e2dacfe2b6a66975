//! What was asked for, looked up: pipeline files, periods as people write them, durations, and how
//! many processes read at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Failure;
use crate::extract::Program;
use crate::intake;
use crate::model::{Month, clock, fold};
use crate::pipeline::{self, Pipeline};

/// The variable of the environment that names the pipeline file.
const VARIABLE: &str = "DUIBIAO_PIPELINE";

/// Returns this program, to be started for reading, so many times at once.
pub fn this_program(jobs: Option<u16>) -> Result<Program, Failure> {
    let path = std::env::current_exe().map_err(|error| {
        Failure::usage(
            format!("找不到本程序的位置（{error}）"),
            format!("cannot find this program ({error})"),
        )
    })?;
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Program { path, at_once: jobs.map_or_else(cores, usize::from) })
}

/// What pipeline files there are to choose from where none is named.
#[derive(Debug, PartialEq, Eq)]
pub enum AtHand {
    None,
    Only(PathBuf),
    Several(Vec<PathBuf>),
}

/// Looks for pipeline files: what the environment names, else the nearest `pipelines/` that holds any,
/// from the working folder upwards.
pub fn at_hand() -> AtHand {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return if named.is_dir() { choice(pipelines_in(&named)) } else { AtHand::Only(named) };
    }
    let near = pipelines_in(Path::new("pipelines"));
    if !near.is_empty() {
        return choice(near);
    }
    let above = std::env::current_dir().unwrap_or_default();
    let mut above = above.ancestors().skip(1).map(|folder| pipelines_in(&folder.join("pipelines")));
    choice(above.find(|found| !found.is_empty()).unwrap_or_default())
}

fn choice(mut found: Vec<PathBuf>) -> AtHand {
    match found.len() {
        0 => AtHand::None,
        1 => AtHand::Only(found.remove(0)),
        _ => AtHand::Several(found),
    }
}

/// Returns the pipeline files in a folder.
fn pipelines_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = intake::folder::entries(folder)
        .into_iter()
        .flatten()
        .map(|(name, _)| folder.join(name))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    found.sort();
    found
}

/// Loads the pipeline named, or the only one at hand.
pub fn load(named: Option<&Path>) -> Result<Pipeline, Failure> {
    if let Some(path) = named {
        return Ok(pipeline::load(path)?);
    }
    match at_hand() {
        AtHand::Only(only) => Ok(pipeline::load(&only)?),
        AtHand::None => Err(Failure::usage(
            "从这个文件夹往上都没有 pipelines 文件夹或其中没有核对方案；请用 --pipeline 写明核对方案的路径，或设 DUIBIAO_PIPELINE",
            "there is no pipeline file in `pipelines/`, here or above; name one with `--pipeline`, or set `DUIBIAO_PIPELINE`",
        )),
        AtHand::Several(several) => {
            let names: Vec<String> =
                several.iter().map(|path| path.display().to_string()).collect();
            Err(Failure::usage(
                format!("有几份核对方案（{}），请写明用哪一份", names.join("、")),
                format!("there are several pipeline files ({}); name one", names.join(", ")),
            ))
        }
    }
}

/// Returns a duration as people write it.
pub fn duration_named(text: &str) -> Result<Duration, Failure> {
    let parsed = match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => text
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok()),
    };
    parsed.ok_or_else(|| {
        Failure::usage(
            format!("“{text}”不是时长；请写作 30s、10m 或 1h"),
            format!("`{text}` is no duration; write `30s`, `10m` or `1h`"),
        )
    })
}

/// Returns the zone by which a pipeline's days begin.
pub fn zone_of(pipeline: &Pipeline) -> TimeZone {
    clock::zone(pipeline.schedule.zone.as_deref()).unwrap_or_else(TimeZone::system)
}

/// Returns today's date where the pipeline is at home.
pub fn today(pipeline: &Pipeline) -> Date {
    clock::now().to_zoned_datetime(zone_of(pipeline)).date()
}

/// Returns a period as people write it.
pub fn period_named(text: &str, today: Date) -> Result<Month, Failure> {
    let this = Month::new(i32::from(today.year()), u32::from(today.month().unsigned_abs()));
    let found = match text.trim() {
        "this" | "本月" => this,
        "last" | "上月" => this.and_then(Month::previous),
        other => written_month(other),
    };
    found.ok_or_else(|| {
        Failure::usage(
            format!("“{text}”不是报送期；请写作 2020-08、last（上月）或 this（本月）"),
            format!("`{text}` is no period; write `2020-08`, `last` or `this`"),
        )
    })
}

/// Reads a month such as `2020-08`, `2020-8`, `202008`, `2020/8`, `2020.8` or `2020年8月`.
pub fn written_month(text: &str) -> Option<Month> {
    let text = fold::plain(text);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = match text.split_once(['-', '/', '.', '年']) {
        Some((year, month)) => (year.trim(), month.trim().trim_end_matches(['月', '份']).trim()),
        None if text.len() == 6 && digits(&text) => text.split_at(4),
        None => return None,
    };
    let fits = year.len() == 4 && (1..=2).contains(&month.len()) && digits(year) && digits(month);
    if fits { Month::new(year.parse().ok()?, month.parse().ok()?) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_as_people_write_them() {
        let today = jiff::civil::date(2020, 9, 3);
        let period = |text| period_named(text, today).map(|month| month.to_string()).ok();
        for text in [
            "2020-08",
            "2020-8",
            "202008",
            "2020/8",
            "2020/08",
            "2020.8",
            "2020年8月",
            "2020年08月",
            "2020年8月份",
            "２０２０年８月",
            " 2020-08 ",
            "last",
            "上月",
        ] {
            assert_eq!(period(text).as_deref(), Some("2020-08"), "{text}");
        }
        assert_eq!(period("this").as_deref(), Some("2020-09"));
        for text in [
            "", "八月", "2020", "20208", "2020-13", "2020-00", "20-08", "2020-8-1", "2020-+8",
            "20200801",
        ] {
            assert_eq!(period(text), None, "{text}");
        }
        let january = jiff::civil::date(2021, 1, 31);
        assert_eq!(period_named("last", january).unwrap().to_string(), "2020-12");
    }
}
