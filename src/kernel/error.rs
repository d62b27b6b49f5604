//! What can go wrong, as the caller sees it: one table of codes, and an error whose internal half cannot be printed.

use std::{borrow::Cow, fmt};

/// The outcome of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal, $title:literal, $remedy:literal;)+) => {
        /// Every error code of the API: REST's `code` and GraphQL's `extensions.code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $title] $variant),+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word in `code`.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code),+ } }
            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),+ } }
            /// The short summary, the same for every occurrence.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title),+ } }
            /// What a caller can do about it.
            pub const fn remedy(self) -> &'static str { match self { $(Self::$variant => $remedy),+ } }
        }
    };
}

codes! {
    InvalidRequest = "invalid_request", 400, "The request does not match the schema",
        "Compare the body with the operation's schema in /openapi.json; `errors` names each place.";
    InvalidParameter = "invalid_parameter", 400, "A parameter is not valid",
        "`errors` names the parameter and what it accepts.";
    UnknownParameter = "unknown_parameter", 400, "A query parameter is not known",
        "Remove it or correct its spelling. Unknown parameters are refused, so that a filter is never silently ignored.";
    InvalidCursor = "invalid_cursor", 400, "The cursor does not fit this list",
        "Use a cursor only with the sort and the filters of the page that gave it; start again without one.";
    QueryTooComplex = "query_too_complex", 400, "The GraphQL query is over a limit",
        "Ask for fewer fields, levels or aliases in one request; the detail names the limit.";
    InvalidQuery = "invalid_query", 400, "The GraphQL document is not valid",
        "Check the document against schema/schema.graphql.";
    IntrospectionOff = "introspection_off", 400, "This service does not describe its GraphQL schema",
        "Read schema/schema.graphql of the release, or ask the operator for ATTESTD_GRAPHQL_INTROSPECTION=true.";
    Unauthenticated = "unauthenticated", 401, "No valid credential",
        "Send `Authorization: Bearer <API key or access token>`. Unknown, revoked and expired ones get this same answer.";
    Forbidden = "forbidden", 403, "The credential may not do this",
        "Ask an owner for a role or a scope that allows the action; schema/access-matrix.txt lists them.";
    NotFound = "not_found", 404, "There is no such resource",
        "Check the id. What belongs to another tenant is answered the same way.";
    MethodNotAllowed = "method_not_allowed", 405, "The path does not take this method",
        "`Allow` lists the methods it takes.";
    NotAcceptable = "not_acceptable", 406, "No representation fits `Accept`",
        "Accept application/json, or application/graphql-response+json on /graphql.";
    TooSlow = "body_too_slow", 408, "The body came too slowly",
        "Send the body again, without pauses; nothing of it was kept.";
    AlreadyExists = "already_exists", 409, "Something with this unique value exists",
        "Choose another value, or change the resource that has it.";
    InUse = "in_use", 409, "Something still refers to the resource",
        "Remove what refers to it first.";
    Conflict = "conflict", 409, "The state of the resource does not allow this",
        "Read the resource again; the detail says what stands in the way.";
    RuleBreached = "rule_breached", 409, "A rule speaks against this",
        "`breaches` names each rule and what it would take instead. What did happen all the same is stored when it is sent \
         again with the rules in `acknowledge` and a `reason`.";
    BatchRefused = "batch_refused", 422, "An item of an atomic batch was refused",
        "Correct the items that `errors` names and send the batch again, or send it without `atomic`.";
    StaleVersion = "stale_version", 412, "The resource has changed since it was read",
        "Read it again and repeat the change with the new ETag.";
    TooLarge = "payload_too_large", 413, "The body is too large",
        "Send less at once; the detail names the limit.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The body's media type is not supported",
        "Send application/json (application/merge-patch+json is taken by PATCH as well).";
    RangeNotSatisfiable = "range_not_satisfiable", 416, "The range lies outside the file",
        "Ask for a range within the size that `Content-Range` tells, or leave `Range` out.";
    Unprocessable = "unprocessable", 422, "The values do not fit together",
        "`errors` names each field and what it needs.";
    IdempotencyMismatch = "idempotency_mismatch", 422, "The idempotency key was used with another request",
        "Use a new Idempotency-Key for a new request.";
    DigestMismatch = "digest_mismatch", 422, "The body does not have the digest that was sent with it",
        "Send the body again: it changed on its way, or the digest is another file's. Nothing of it was kept.";
    PreconditionRequired = "precondition_required", 428, "If-Match is required",
        "Send If-Match with the ETag that you read, or * to overwrite whatever is there.";
    RateLimited = "rate_limited", 429, "Too many requests",
        "Wait as long as Retry-After says; RateLimit tells what is left, RateLimit-Policy how much is allowed.";
    Internal = "internal", 500, "Something went wrong on our side",
        "Report the request id; the cause is in the server's log under it.";
    Unavailable = "unavailable", 503, "The service is busy",
        "Try again after a moment; Retry-After says when.";
    NotConfigured = "not_configured", 503, "This service is not set up for this",
        "Ask the operator for the setting that the detail names; trying again does not help.";
}

/// One fault in the input: where, as a JSON Pointer or a parameter's name, and what is needed there.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    async_graphql::SimpleObject,
)]
pub struct Fault {
    /// A JSON Pointer (RFC 6901) into the body, or the name of a query parameter or header.
    #[schema(max_length = 2000, example = "/title")]
    pub pointer: String,
    /// What is wrong there and what would be right.
    #[schema(max_length = 2000, example = "must not be blank")]
    pub detail: String,
}

/// A rule that speaks against what was asked, and what it would take instead.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    async_graphql::SimpleObject,
)]
pub struct Breach {
    /// The rule's id in its rule set, by which it is acknowledged.
    #[schema(max_length = 32, example = "D-14")]
    pub rule: String,
    /// Where it is written.
    #[schema(max_length = 200, example = "AT-C 205")]
    pub clause: String,
    /// What it has against this.
    #[schema(max_length = 2000, example = "the report is dated 2025-06-30, and its period ends that day")]
    pub reason: String,
    /// What would be accepted instead.
    #[schema(max_length = 2000, example = "a report date from 2025-07-01 on")]
    pub instead: String,
}

/// An answer kept under an idempotency key, as its JSON text, given again.
#[derive(Clone, Debug)]
pub struct Replay(pub String);

struct Inner {
    code: Code,
    detail: Cow<'static, str>,
    faults: Vec<Fault>,
    breaches: Vec<Breach>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    replay: Option<Replay>,
}

/// An error with a public face. Its cause goes to the log and never to a caller.
pub struct Error(Box<Inner>);

impl Error {
    /// An error with a detail that is safe to show.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let (faults, breaches) = (Vec::new(), Vec::new());
        Self(Box::new(Inner { code, detail: detail.into(), faults, breaches, cause: None, replay: None }))
    }

    /// The resource does not exist, for this caller.
    pub fn not_found(id: impl fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("there is no {id} here"))
    }

    /// One fault at one place.
    pub fn at(code: Code, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let pointer = pointer.into();
        Self::new(code, format!("{pointer}: {detail}")).with_faults(vec![Fault { pointer, detail }])
    }

    /// Rules speak against it.
    pub fn breached(breaches: Vec<Breach>) -> Self {
        let told: Vec<_> = breaches.iter().map(|one| format!("{}: {}", one.rule, one.reason)).collect();
        let mut error = Self::new(Code::RuleBreached, told.join("; "));
        error.0.breaches = breaches;
        error
    }

    /// Something failed that the caller can do nothing about.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(Code::Internal, "the request could not be completed");
        error.0.cause = Some(cause.into());
        error
    }

    /// Not an error at all: the kept answer of an earlier request under the same idempotency key.
    pub fn replay(body: String) -> Self {
        let mut error = Self::new(Code::Internal, "a replayed answer");
        error.0.replay = Some(Replay(body));
        error
    }

    /// The same error with these faults.
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// The same error with a cause for the log.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, safe to show.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Where the input is wrong.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Which rules speak against it.
    pub fn breaches(&self) -> &[Breach] {
        &self.0.breaches
    }

    /// The kept answer, where this stands for one.
    pub fn replayed(&self) -> Option<&Replay> {
        self.0.replay.as_ref()
    }

    /// The internal half, for the log alone.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.0.cause.as_deref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (cause: {:?})", self.0.code.as_str(), self.0.detail, self.0.cause)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

/// One line: what failed, and every cause below it. For the operator and the log, never for a caller.
pub fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut told: Vec<String> = chain.map(|cause| cause.to_string().replace('\n', " ")).collect();
    // An error that shows its cause in its own text would say it twice.
    told.dedup_by(|inner, outer| outer.ends_with(inner.as_str()));
    told.join(": ")
}

impl From<diesel::result::Error> for Error {
    fn from(cause: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind::SerializationFailure;
        use diesel::result::Error::{DatabaseError, QueryBuilderError};
        match cause {
            DatabaseError(SerializationFailure, _) => {
                Self::new(Code::Unavailable, "two writes met; try again").with_cause(cause)
            }
            DatabaseError(_, ref told) if BUSY.iter().any(|busy| told.message().starts_with(busy)) => {
                Self::new(Code::Unavailable, "the database is busy; try again").with_cause(cause)
            }
            QueryBuilderError(cause) => match cause.downcast::<Self>() {
                Ok(own) => *own,
                Err(cause) => Self::internal(QueryBuilderError(cause)),
            },
            _ => Self::internal(cause),
        }
    }
}

/// An error of our own inside a body of queries, such as a cursor of another list: it comes out as it went in.
impl From<Error> for diesel::result::Error {
    fn from(own: Error) -> Self {
        Self::QueryBuilderError(Box::new(own))
    }
}

/// How PostgreSQL begins to tell 40P01, 55P03 and 57014: the driver gives no kind for these.
const BUSY: &[&str] = &["deadlock detected", "canceling statement due to", "could not obtain lock"];

/// Collects faults, so that all are told at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault at a JSON Pointer when `wrong`.
    pub fn when(&mut self, wrong: bool, pointer: impl Into<String>, detail: impl Into<String>) -> &mut Self {
        if wrong {
            self.0.push(Fault { pointer: pointer.into(), detail: detail.into() });
        }
        self
    }

    /// Notes what is wrong with a list in which each item stands once: too many, which are then not looked at one by
    /// one, or an item twice.
    pub fn once_each<T: PartialEq>(&mut self, pointer: &str, items: &[T], most: usize) -> &mut Self {
        if items.len() > most {
            return self.when(true, pointer, format!("must have at most {most} items"));
        }
        for (n, one) in items.iter().enumerate() {
            self.when(items[..n].contains(one), format!("{pointer}/{n}"), "is named twice");
        }
        self
    }

    /// Notes what another check told.
    pub fn also(&mut self, checked: Result<()>) -> &mut Self {
        if let Err(error) = checked {
            self.0.extend(error.faults().iter().cloned());
        }
        self
    }

    /// Nothing noted, or a 422 with all of it.
    ///
    /// # Errors
    /// [`Code::Unprocessable`] when a fault was noted.
    pub fn into_result(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(first) => {
                let detail = format!("{}: {}", first.pointer, first.detail);
                Err(Error::new(Code::Unprocessable, detail).with_faults(self.0))
            }
        }
    }
}

/// What a violated constraint means to the caller; everything else stays internal.
pub trait Explain<T> {
    /// A unique value is taken: 409 at this pointer.
    ///
    /// # Errors
    /// [`Code::AlreadyExists`] on a unique violation.
    fn or_taken(self, pointer: &str, detail: &str) -> Result<T>;
    /// A reference leads nowhere: 422 at this pointer.
    ///
    /// # Errors
    /// [`Code::Unprocessable`] on a foreign-key violation.
    fn or_missing(self, pointer: &str, detail: &str) -> Result<T>;
    /// Something still refers to the row: 409.
    ///
    /// # Errors
    /// [`Code::InUse`] on a foreign-key violation.
    fn or_in_use(self, detail: &str) -> Result<T>;
}

impl<T, E: Into<Error>> Explain<T> for std::result::Result<T, E> {
    fn or_taken(self, pointer: &str, detail: &str) -> Result<T> {
        explain(self, |kind| match kind {
            diesel::result::DatabaseErrorKind::UniqueViolation => {
                Some(Error::at(Code::AlreadyExists, pointer, detail))
            }
            _ => None,
        })
    }

    fn or_missing(self, pointer: &str, detail: &str) -> Result<T> {
        explain(self, |kind| match kind {
            diesel::result::DatabaseErrorKind::ForeignKeyViolation => {
                Some(Error::at(Code::Unprocessable, pointer, detail))
            }
            _ => None,
        })
    }

    fn or_in_use(self, detail: &str) -> Result<T> {
        explain(self, |kind| match kind {
            diesel::result::DatabaseErrorKind::ForeignKeyViolation => {
                Some(Error::new(Code::InUse, detail.to_owned()))
            }
            _ => None,
        })
    }
}

fn explain<T, E: Into<Error>>(
    result: std::result::Result<T, E>,
    meaning: impl FnOnce(&diesel::result::DatabaseErrorKind) -> Option<Error>,
) -> Result<T> {
    result.map_err(|error| {
        let error = error.into();
        let violated = error.0.cause.as_ref().and_then(|cause| cause.downcast_ref::<diesel::result::Error>());
        let told = match violated {
            Some(diesel::result::Error::DatabaseError(kind, _)) => meaning(kind),
            _ => None,
        };
        told.unwrap_or(error)
    })
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as Cause};

    use super::*;

    #[test]
    fn a_busy_database_is_told_from_a_broken_one() {
        let code = |message: &str| {
            Error::from(Cause::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))).code()
        };
        for busy in [
            "deadlock detected",
            "canceling statement due to lock timeout",
            "canceling statement due to statement timeout",
            "canceling statement due to user request",
            "could not obtain lock on row in relation \"members\"",
        ] {
            assert_eq!(code(busy), Code::Unavailable, "{busy}");
        }
        assert_eq!(code("relation \"members\" does not exist"), Code::Internal);
    }
}
