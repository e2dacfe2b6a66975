//! Mail to a server. What tells whether a mail may be sent once more is when it failed: before it was
//! handed over it may, when the server refused it as well; where the line broke in between nobody knows.

use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport};

use crate::pipeline::MailServer;
use crate::pipeline::file::Security;

/// How sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Sent,
    /// It was not taken; it may be tried again.
    NotTaken(String),
    /// It may have been taken or not.
    Unknown(String),
}

/// Returns what hands mails to a server.
///
/// # Errors
/// Says why there is none.
pub fn transport(server: &MailServer) -> Result<SmtpTransport, String> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let host = &server.host;
    let builder = match server.security {
        Security::Tls => SmtpTransport::relay(host).map_err(|error| error.to_string())?,
        Security::Starttls => {
            SmtpTransport::starttls_relay(host).map_err(|error| error.to_string())?
        }
        Security::None => SmtpTransport::builder_dangerous(host),
    };
    let mut builder = builder.timeout(Some(PATIENCE));
    if let Some(port) = server.port {
        builder = builder.port(port);
    }
    if let (Some(user), Some(file)) = (&server.user, &server.password) {
        let password = std::fs::read_to_string(file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    let transport = builder.build();
    match transport.test_connection() {
        Ok(true) => Ok(transport),
        Ok(false) => Err(format!("{host}: no answer")),
        Err(error) => Err(format!("{host}: {error}")),
    }
}

/// Hands a mail over; a server that is busy is asked again.
pub fn send(transport: &SmtpTransport, mail: &Message) -> Ended {
    const TRIES: u32 = 3;
    let mut tried = 1;
    loop {
        match transport.send(mail) {
            Ok(_) => return Ended::Sent,
            Err(error) if error.is_transient() && tried < TRIES => {
                std::thread::sleep(Duration::from_secs(1 << tried));
                tried += 1;
            }
            // An answer that is no yes.
            Err(error) if error.is_transient() || error.is_permanent() => {
                return Ended::NotTaken(error.to_string());
            }
            Err(error) => return Ended::Unknown(error.to_string()),
        }
    }
}
