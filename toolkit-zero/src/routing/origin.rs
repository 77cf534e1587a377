//! Where a route was declared: what every message about it names.

use std::fmt;
use std::panic::Location;

/// The place of a declaration: `src/users.rs:12`, and the function where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    package: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    module: &'static str,
    function: &'static str,
}

impl Origin {
    /// What an expansion writes; not for hand-written code.
    #[doc(hidden)]
    pub const fn new(
        package: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
        function: &'static str,
    ) -> Self {
        Self {
            package,
            file,
            line,
            column,
            module,
            function,
        }
    }

    /// The place of a call.
    pub(crate) const fn of_call(location: &'static Location<'static>) -> Self {
        Self::new(
            "",
            "",
            location.file(),
            location.line(),
            location.column(),
            "",
        )
    }

    /// The source file, as rustc names it.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The module of the function, or nothing for a route made by a call.
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// The annotated function, or nothing for a route made by a call.
    pub fn function(&self) -> &'static str {
        self.function
    }

    /// The package that declares it, or nothing for a route made by a call.
    pub fn package(&self) -> &'static str {
        self.package
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
