//! Enrols a person who may then sign in.

use db::Fault;
use kernel::UserId;
use runtime::{Call, Cx, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::Access;

use crate::{
    Assignment, Role, Secret, password,
    secret::digest,
    store::{self, StaffRow},
};

/// Who is to be enrolled.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// What they sign in with; case does not matter.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// Their password.
    pub password: Secret,
    /// The language they read, as a code such as `en` or `zh-Hant`.
    pub language: String,
}

/// What is wrong with a [`NewStaff`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The e-mail address.
    #[error("an e-mail address has one @, no spaces, and at most 254 characters")]
    Email,
    /// The name.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// The password.
    #[error("a password has {} to {} characters", password::LEAST, password::MOST)]
    Password,
    /// The language.
    #[error("a language is a code such as `en` or `zh-Hant`")]
    Language,
}

/// Why nobody was enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// All that is wrong with what was given.
    #[error("{} of the fields are wrong", .0.len())]
    Invalid(Vec<Flaw>),
    /// Somebody has this e-mail address already.
    #[error("somebody with this e-mail address is enrolled already")]
    EmailTaken,
    /// The first-run secret is another, or ran out.
    #[error("this is not the first-run secret that the server showed at its last start")]
    WrongFirstRunSecret,
    /// Nobody gives roles that allow more than they may do.
    #[error("you can give only roles that allow no more than you may do there yourself")]
    MoreThanOwn,
    /// The link was used, withdrawn, or ran out.
    #[error("this invitation was used, withdrawn, or ran out: ask for another")]
    NoInvitation,
    /// Somebody is enrolled.
    #[error("the first person is enrolled already")]
    FirstRunOver,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[source] Fault),
}

has_fault!(EnrolError);

impl From<Fault> for EnrolError {
    fn from(fault: Fault) -> EnrolError {
        // Two enrolments of one address at the same time.
        if fault.is_duplicate() { EnrolError::EmailTaken } else { EnrolError::Fault(fault) }
    }
}

/// Enrols a colleague with roles. Without a key: a repeat finds the e-mail address taken. `by` is what the enroller may
/// do: nobody gives more than they have.
pub async fn enrol(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    new: NewStaff,
    roles: Vec<Assignment>,
) -> Result<UserId, EnrolError> {
    if !roles.iter().all(|role| by.covers(role.permissions(), &role.area)) {
        return Err(EnrolError::MoreThanOwn);
    }
    let staff = prepare(new).await?;
    runtime
        .run(call, move |cx| {
            let (staff, roles) = (staff.clone(), roles.clone());
            Box::pin(async move {
                let user_id = UserId::from_body(&cx.fresh());
                write(cx, &user_id, &staff, &roles).await?;
                Ok(user_id)
            })
        })
        .await
}

/// Enrols the first person, who proves it with the first-run secret, uses it up and owns the organisation.
pub async fn enrol_first(
    runtime: &Runtime,
    first_run_secret: &Secret,
    new: NewStaff,
) -> Result<UserId, EnrolError> {
    let staff = prepare(new).await?;
    let token_digest = digest(first_run_secret.reveal().trim());
    runtime
        .run(Call::by("first_run"), move |cx| {
            let (staff, token_digest) = (staff.clone(), token_digest.clone());
            Box::pin(async move {
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                if store::has_staff(cx.tx, &cx.organisation_id).await? {
                    return Err(EnrolError::FirstRunOver);
                }
                let user_id = store::find_first_run(cx.tx, &cx.organisation_id, &token_digest, cx.now)
                    .await?
                    .ok_or(EnrolError::WrongFirstRunSecret)?;
                store::revoke_first_run(cx.tx, &cx.organisation_id, cx.now).await?;
                write(cx, &user_id, &staff, &[Assignment::everywhere(Role::Owner)]).await?;
                Ok(user_id)
            })
        })
        .await
}

/// Writes a person and their roles.
pub(crate) async fn write(
    cx: &mut Cx<'_>,
    user_id: &UserId,
    staff: &StaffRow,
    roles: &[Assignment],
) -> Result<(), EnrolError> {
    if store::find_sign_in(cx.tx, &cx.organisation_id, &staff.email).await?.is_some() {
        return Err(EnrolError::EmailTaken);
    }
    store::insert_staff(cx.tx, &cx.organisation_id, user_id, staff, cx.now).await?;
    for role in roles {
        store::insert_assignment(cx.tx, &cx.organisation_id, user_id, role, cx.now).await?;
    }
    let roles: Vec<_> = roles.iter().map(Assignment::facts).collect();
    let after = json!({ "email": staff.email, "name": staff.name, "roles": roles });
    cx.record("staff.enrolled", user_id.as_str(), json!({}), Json::Null, after);
    Ok(())
}

pub(crate) async fn prepare(new: NewStaff) -> Result<StaffRow, EnrolError> {
    let flaws = flaws(&new);
    if !flaws.is_empty() {
        return Err(EnrolError::Invalid(flaws));
    }
    Ok(StaffRow {
        email: same_spelling(&new.email),
        name: new.name.trim().to_owned(),
        password_hash: password::hash(new.password).await,
        language: new.language,
    })
}

/// How an e-mail address is stored and looked up.
pub(crate) fn same_spelling(email: &str) -> String {
    email.trim().to_lowercase()
}

/// True for what may be an e-mail address.
pub(crate) fn is_email(email: &str) -> bool {
    email.len() <= 254
        && email
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// True for a password that is long enough, and no longer than it may be.
pub(crate) fn is_password(password: &Secret) -> bool {
    (password::LEAST..=password::MOST).contains(&password.reveal().chars().count())
}

/// True for what may be the tag of a language.
pub(crate) fn is_language(language: &str) -> bool {
    (2..=20).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn flaws(new: &NewStaff) -> Vec<Flaw> {
    let is_email = is_email(new.email.trim());
    let is_name =
        (1..=200).contains(&new.name.trim().chars().count()) && !new.name.contains(char::is_control);
    [
        (is_email, Flaw::Email),
        (is_name, Flaw::Name),
        (is_password(&new.password), Flaw::Password),
        (is_language(&new.language), Flaw::Language),
    ]
    .into_iter()
    .filter_map(|(is_good, flaw)| (!is_good).then_some(flaw))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(email: &str, name: &str, password: &str, language: &str) -> Vec<Flaw> {
        flaws(&NewStaff {
            email: email.into(),
            name: name.into(),
            password: Secret::new(password),
            language: language.into(),
        })
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert_eq!(check("ada@shop.example", "Ada", "correct horse", "zh-Hant"), []);
        assert_eq!(
            check("ada", " ", "short", "english please"),
            [Flaw::Email, Flaw::Name, Flaw::Password, Flaw::Language]
        );
        for email in ["@shop", "ada@", "a@b@c", "a da@shop", ""] {
            assert_eq!(check(email, "Ada", "correct horse", "en"), [Flaw::Email], "{email}");
        }
    }
}
