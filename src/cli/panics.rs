//! A panic anywhere is a fault of this program: it ends as one line that says where, and with the
//! status of a run without a result. What was staged is removed on the way, since nothing aborts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::Failure;
use crate::run::RunError;

/// What the library says in the thread that waits for another one, which told the cause itself.
const OF_ANOTHER_THREAD: &str = "a scoped thread panicked";

/// Does something, and makes a panic of it or of any thread it waits for a failure.
pub fn caught(act: impl FnOnce() -> Result<u8, Failure>) -> Result<u8, Failure> {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let teller = Arc::clone(&told);
    // Instead of the library's own words, which are several lines for a programmer.
    std::panic::set_hook(Box::new(move |panic| {
        teller.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
    }));
    let done = catch_unwind(AssertUnwindSafe(act));
    let _ = std::panic::take_hook();
    done.unwrap_or_else(|_| {
        let told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let cause = told.iter().rfind(|words| !words.contains(OF_ANOTHER_THREAD));
        let cause = cause.or(told.last()).map_or("panic", String::as_str);
        Err(Failure::Run(RunError::Internal(cause.replace('\n', " "))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::words::Language;

    /// Something that is removed when it goes out of scope, like a staging folder.
    struct Staged<'a>(&'a std::cell::Cell<bool>);

    impl Drop for Staged<'_> {
        fn drop(&mut self) {
            self.0.set(false);
        }
    }

    #[test]
    fn a_panic_is_one_line_that_says_where() {
        let staged = std::cell::Cell::new(true);
        let failed = caught(|| {
            let _staged = Staged(&staged);
            std::thread::scope(|scope| {
                scope.spawn(|| panic!("in a thread"));
            });
            Ok(0)
        });
        let lines = failed.unwrap_err().lines(Language::English);
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(line.contains("in a thread") && line.contains("panics.rs"), "{line}");
        assert!(!staged.get(), "what was staged was left");
        assert!(matches!(caught(|| Ok(1)), Ok(1)));
    }
}
