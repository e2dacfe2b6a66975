//! Robots of groups, told by HTTP in the form that each understands.

use std::time::Duration;

use serde_json::{Value, json};

use super::mail::Ended;
use crate::pipeline::file::Form;
use crate::pipeline::{Robot, RobotAt};

/// Returns what a robot is told.
pub fn told(form: Form, text: &str, summary: &Value) -> Value {
    match form {
        // Both know a plain text by these names.
        Form::Wecom | Form::Dingtalk => json!({"msgtype": "text", "text": {"content": text}}),
        Form::Json => summary.clone(),
    }
}

/// Tells a robot; where it cannot be reached it is tried again.
pub fn tell(robot: &Robot, body: &Value) -> Ended {
    const TRIES: u32 = 3;
    let address = match &robot.at {
        RobotAt::Address(address) => address.clone(),
        RobotAt::File(path) => match std::fs::read_to_string(path) {
            Ok(text) => text.trim().to_owned(),
            Err(error) => return Ended::NotTaken(format!("{}: {error}", path.display())),
        },
    };
    let mut tried = 1;
    loop {
        let ended = tell_once(&address, robot.form, body);
        if !matches!(ended, Ended::NotTaken(_)) || tried == TRIES {
            return ended;
        }
        std::thread::sleep(Duration::from_secs(1 << tried));
        tried += 1;
    }
}

fn tell_once(address: &str, form: Form, body: &Value) -> Ended {
    const PATIENCE: Duration = Duration::from_secs(15);
    const LONGEST: u64 = 64 * 1024;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .build()
        .into();
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let asked = agent.post(address).header("Content-Type", "application/json; charset=utf-8");
    // The address may hold a key, and is not repeated.
    let mut answer = match asked.send(&bytes[..]) {
        Ok(answer) => answer,
        Err(ureq::Error::Timeout(_)) => return Ended::Unknown("no answer in time".to_owned()),
        Err(ureq::Error::BadUri(_)) => return Ended::NotTaken("bad address".to_owned()),
        Err(error) => return Ended::NotTaken(error.to_string()),
    };
    let status = answer.status();
    if !status.is_success() {
        return Ended::NotTaken(format!("HTTP {}", status.as_u16()));
    }
    let text = answer.body_mut().with_config().limit(LONGEST).read_to_string();
    let said: Value =
        text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    // They answer 200 also to what they refuse.
    match (form, said["errcode"].as_i64()) {
        (Form::Wecom | Form::Dingtalk, Some(code)) if code != 0 => {
            Ended::NotTaken(format!("{code} {}", said["errmsg"].as_str().unwrap_or_default()))
        }
        _ => Ended::Sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn robots_are_told_in_their_form() {
        let summary = json!({"period": "2020-08"});
        assert_eq!(told(Form::Wecom, "有差异", &summary)["text"]["content"], "有差异");
        assert_eq!(told(Form::Dingtalk, "有差异", &summary)["msgtype"], "text");
        assert_eq!(told(Form::Json, "有差异", &summary), summary);
    }
}
