//! Messages: ready in the run, sent to a server and to robots when the pipeline file says how, and never
//! twice, whatever breaks in between.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::alone::Office;

/// What came in, and what is answered.
#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<String>>>);

impl Received {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A mail server that answers each mail with one of these, the last one from then on; `-` breaks the line
/// off instead.
fn mail_server(answers: &'static [&'static str]) -> (u16, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Received::default();
    let mails = received.clone();
    thread::spawn(move || {
        let mut answered = 0;
        for stream in listener.incoming() {
            answered = dialogue(stream.unwrap(), answers, answered, &mails).unwrap_or(answered + 1);
        }
    });
    (port, received)
}

fn dialogue(
    stream: TcpStream,
    answers: &[&str],
    mut answered: usize,
    mails: &Received,
) -> std::io::Result<usize> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let mut say = |line: &str| writer.write_all(format!("{line}\r\n").as_bytes());
    say("220 here")?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let word = line.trim().to_uppercase();
        if word.starts_with("DATA") {
            say("354 go on")?;
            let mut mail = String::new();
            while !mail.ends_with("\r\n.\r\n") {
                if reader.read_line(&mut mail)? == 0 {
                    return Ok(answered);
                }
            }
            let answer = answers[answered.min(answers.len() - 1)];
            answered += 1;
            if answer == "-" {
                return Ok(answered);
            }
            if answer.starts_with('2') {
                mails.0.lock().unwrap().push(mail);
            }
            say(answer)?;
        } else if word.starts_with("QUIT") {
            say("221 bye")?;
            break;
        } else {
            say("250 yes")?;
        }
        line.clear();
    }
    Ok(answered)
}

/// A web server that answers with one of these bodies, the last one from then on; `503` is that status.
fn web_server(answers: &'static [&'static str]) -> (u16, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Received::default();
    let bodies = received.clone();
    thread::spawn(move || {
        for (count, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = answers[count.min(answers.len() - 1)];
            let status = if answer == "503" { "503 Busy" } else { "200 OK" };
            bodies.0.lock().unwrap().push(String::from_utf8(body).unwrap());
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                answer.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (port, received)
}

const UNITS: [&str; 2] = ["海棠区", "崖州区"];

fn outbox(mail: Option<u16>, robots: &str) -> String {
    let mut text = "[outbox]\nfrom = \"某局 <office@example.cn>\"\n".to_owned();
    for (place, unit) in UNITS.iter().enumerate() {
        text.push_str(&format!(
            "[[outbox.unit]]\nname = \"{unit}\"\nto = [\"unit{place}@example.cn\"]\n"
        ));
    }
    text.push_str(robots);
    if let Some(port) = mail {
        text.push_str(&format!(
            "[outbox.mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n"
        ));
    }
    text
}

fn robot(name: &str, form: &str, port: u16) -> String {
    format!(
        "[[outbox.webhook]]\nname = \"{name}\"\nform = \"{form}\"\nurl = \"http://127.0.0.1:{port}/send?key=secret\"\n"
    )
}

const RUN: [&str; 5] = ["run", "--period", "2020-08", "--if-new", "--no-data"];

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn messages_lie_ready_in_the_run_and_go_nowhere_by_themselves() {
    let office = Office::new(&outbox(None, ""), &["2020-08"]);
    let run = office.at("2020-09-03T08:30:00", &RUN);
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let folder = office.0.path().join("archive/p/2020-08/01");
    let index: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("outbox/outbox.json")).unwrap()).unwrap();
    let slips = std::fs::read_dir(folder.join("returns")).unwrap().count();
    assert_eq!(index.len(), slips);
    for letter in &index {
        let slip = letter["slip"].as_str().unwrap();
        assert!(folder.join("returns").join(slip).is_file());
        let stem = slip.trim_end_matches(".xlsx");
        let text = std::fs::read_to_string(folder.join(format!("outbox/{stem}.txt"))).unwrap();
        assert!(text.contains(letter["unit"].as_str().unwrap()), "{text}");
        assert!(folder.join(format!("outbox/{stem}.eml")).is_file());
    }
    assert!(!office.0.path().join("archive/p/sent.jsonl").exists());
    let plain = Office::new("", &["2020-08"]);
    plain.at("2020-09-03T08:30:00", &RUN);
    assert!(!plain.0.path().join("archive/p/2020-08/01/outbox").exists());
}

#[test]
fn mails_go_out_once_and_again_only_when_there_is_something_else_to_answer() {
    let (port, mails) = mail_server(&["250 taken"]);
    let office = Office::new(&outbox(Some(port), ""), &["2020-08"]);
    let run = office.at("2020-09-03T08:30:00", &RUN);
    assert_eq!(mails.all().len(), 2, "{}", said(&run));
    assert!(said(&run).contains("天涯区"), "who has no address is told: {}", said(&run));
    let slip = "%E6%A0%B8%E5%AE%9E";
    assert!(mails.all().iter().all(|mail| mail.contains(slip) && mail.contains("To: unit")));
    // Nothing new, and a run made anew: nobody has anything else to answer.
    office.at("2020-09-04T08:30:00", &RUN);
    office.at("2020-09-05T08:30:00", &["run", "--period", "2020-08", "--no-data"]);
    assert_eq!((mails.all().len(), office.runs("2020-08")), (2, 2));
    // One sheet goes away: its unit is reminded, and no other.
    let sheets = std::fs::read_dir(office.inbox("2020-08")).unwrap().map(|one| one.unwrap().path());
    let own = sheets.filter(|path| path.to_string_lossy().contains(UNITS[0]));
    own.for_each(|path| std::fs::remove_file(path).unwrap());
    office.at("2020-09-06T08:30:00", &RUN);
    let last = mails.all();
    assert_eq!(last.len(), 3);
    assert!(last[2].contains("To: unit0@example.cn"));
    let record = std::fs::read_to_string(office.0.path().join("archive/p/sent.jsonl")).unwrap();
    assert_eq!(record.lines().filter(|line| line.contains("\"state\":\"sent\"")).count(), 3);
    let verified = office.at("2020-09-07T08:30:00", &["history", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
    assert!(!said(&verified).contains("sent.jsonl"), "{}", said(&verified));
}

#[test]
fn a_server_that_is_away_or_busy_is_asked_again_and_a_broken_line_is_not() {
    // Nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let office = Office::new(&outbox(Some(port), ""), &["2020-08"]);
    let run = office.at("2020-09-03T08:30:00", &RUN);
    assert_eq!(run.status.code(), Some(1), "the result stands");
    assert!(said(&run).contains("没有发出"), "{}", said(&run));
    let path = office.0.path().join("pipelines/p.toml");
    let point_to = |new: u16| {
        let text = std::fs::read_to_string(&path).unwrap();
        let old = text.lines().find(|line| line.starts_with("port = ")).unwrap().to_owned();
        std::fs::write(&path, text.replace(&old, &format!("port = {new}"))).unwrap();
    };
    // Busy at first, then it takes one; the line breaks while the other is handed over.
    let (busy, mails) = mail_server(&["451 later", "250 taken", "-", "250 taken"]);
    point_to(busy);
    let run = office.at("2020-09-04T08:30:00", &["run", "--period", "2020-08", "--no-data"]);
    assert_eq!(mails.all().len(), 1, "{}", said(&run));
    assert!(said(&run).contains("不知是否已经收到"), "{}", said(&run));
    let again = office.at("2020-09-05T08:30:00", &RUN);
    assert_eq!(mails.all().len(), 1, "{}", said(&again));
    // What the server refuses for good is told, and tried with the next run.
    let (refusing, mails) = mail_server(&["550 no such user", "250 taken"]);
    let office = Office::new(&outbox(Some(refusing), ""), &["2020-08"]);
    let run = office.at("2020-09-04T08:30:00", &RUN);
    assert!(mails.all().len() == 1 && said(&run).contains("no such user"), "{}", said(&run));
    office.at("2020-09-05T08:30:00", &RUN);
    assert_eq!(mails.all().len(), 2);
}

#[test]
fn robots_are_told_once_in_their_form() {
    let (wecom, told) = web_server(&["503", "{\"errcode\":0,\"errmsg\":\"ok\"}"]);
    let (dingtalk, refused) = web_server(&["{\"errcode\":310000,\"errmsg\":\"no keyword\"}"]);
    let (plain, summaries) = web_server(&["thanks"]);
    let robots = robot("处内群", "wecom", wecom)
        + &robot("局群", "dingtalk", dingtalk)
        + &robot("台账", "json", plain);
    let office = Office::new(&outbox(None, &robots), &["2020-08"]);
    let run = office.at("2020-09-03T08:30:00", &RUN);
    let bodies = told.all();
    assert_eq!(bodies.len(), 2, "tried again: {}", said(&run));
    let body: Value = serde_json::from_str(&bodies[1]).unwrap();
    assert_eq!(body["msgtype"], "text");
    let content = body["text"]["content"].as_str().unwrap();
    assert!(content.contains("必须更正 10 处") && content.contains("2020-08"), "{content}");
    assert!(said(&run).contains("no keyword") && !said(&run).contains("secret"), "{}", said(&run));
    let summary: Value = serde_json::from_str(&summaries.all()[0]).unwrap();
    assert_eq!(
        (&summary["schema"], &summary["mandatory"]),
        (&"duibiao.summary/1".into(), &10.into())
    );
    let before = refused.all().len();
    office.at("2020-09-04T08:30:00", &RUN);
    assert_eq!((told.all().len(), summaries.all().len()), (2, 1));
    assert!(refused.all().len() > before, "what was refused is tried with the next run");
}

/// What was begun by a process that did not live may have arrived.
#[test]
fn what_was_broken_off_is_told_and_not_sent_again() {
    let (port, mails) = mail_server(&["250 taken"]);
    let office = Office::new(&outbox(Some(port), ""), &["2020-08"]);
    office.at("2020-09-03T08:30:00", &RUN);
    let path = office.0.path().join("archive/p/sent.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    std::fs::write(&path, lines[..3].join("\n") + "\n").unwrap();
    let again = office.at("2020-09-04T08:30:00", &RUN);
    assert_eq!(mails.all().len(), 2);
    assert!(said(&again).contains("请与对方核实"), "{}", said(&again));
    let third = office.at("2020-09-05T08:30:00", &RUN);
    assert!(mails.all().len() == 2 && !said(&third).contains("请与对方核实"), "{}", said(&third));
}
