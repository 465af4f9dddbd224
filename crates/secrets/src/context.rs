//! Where bytes come from, as far as it says how to read them.

/// What is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Context<'a> {
    /// A file, by its path relative to the root of the image, with or without a leading slash.
    File(&'a [u8]),
    /// The value of a variable or label of this name.
    Variable(&'a str),
    /// A shell command, or words of a command line joined by blanks.
    Command,
    /// A JSON document that describes an image, or bytes that belong to no file.
    Document,
    /// The name of a file, a link target or another short text that no program wrote.
    Name,
}

/// A [`Context`] that owns its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnedContext {
    kind: Kind,
    name: Vec<u8>,
    variable: String,
}

#[derive(Debug, Clone, Copy, Default)]
enum Kind {
    #[default]
    File,
    Variable,
    Command,
    Document,
    Name,
}

impl OwnedContext {
    pub(crate) fn set(&mut self, context: Context<'_>) {
        self.name.clear();
        self.variable.clear();
        self.kind = match context {
            Context::File(path) => {
                self.name.extend_from_slice(path);
                Kind::File
            }
            Context::Variable(name) => {
                self.variable.push_str(name);
                Kind::Variable
            }
            Context::Command => Kind::Command,
            Context::Document => Kind::Document,
            Context::Name => Kind::Name,
        };
    }

    pub(crate) fn get(&self) -> Context<'_> {
        match self.kind {
            Kind::File => Context::File(&self.name),
            Kind::Variable => Context::Variable(&self.variable),
            Kind::Command => Context::Command,
            Kind::Document => Context::Document,
            Kind::Name => Context::Name,
        }
    }
}
