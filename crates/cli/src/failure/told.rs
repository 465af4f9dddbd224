//! A failure as it is told: without the secrets that it quotes.
//!
//! They are taken out before the text is laid out, which may break it anywhere.

use std::{
    error::Error,
    fmt::{self, Display},
};

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::Failure;
use crate::gate::Gate;

/// A failure whose texts have passed the gate.
#[derive(Debug)]
pub(super) struct Told {
    /// For its code, and for what it shows of the user's own files.
    failure: Failure,
    message: String,
    help: Option<String>,
    cause: Option<Cause>,
}

/// What caused a failure, and what caused that.
#[derive(Debug)]
struct Cause {
    message: String,
    cause: Option<Box<Cause>>,
}

impl Told {
    pub(super) fn of(failure: Failure, gate: &Gate) -> Self {
        let help = failure.help().map(|help| help.to_string());
        Self {
            message: gate.message(&failure.to_string()).into_owned(),
            help: help.map(|help| gate.message(&help).into_owned()),
            cause: failure.source().map(|cause| Cause::of(cause, gate)),
            failure,
        }
    }
}

impl Cause {
    fn of(error: &(dyn Error + 'static), gate: &Gate) -> Self {
        let cause = error.source();
        Self {
            message: gate.message(&error.to_string()).into_owned(),
            cause: cause.map(|cause| Box::new(Self::of(cause, gate))),
        }
    }
}

impl Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Told {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as &dyn Error)
    }
}

impl Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &dyn Error)
    }
}

impl Diagnostic for Told {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.failure.code()
    }

    fn severity(&self) -> Option<Severity> {
        self.failure.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.failure.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.failure.labels()
    }
}
