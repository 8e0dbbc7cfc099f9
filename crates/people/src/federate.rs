//! Who an identity that a provider proved is to us, and their session.

use kernel::UserId;
use runtime::{Call, Cx, Runtime};
use serde_json::{Value as Json, json};

use crate::{
    Assignment, EnrolError, IdentityProvider, JourneyError, Secret, SignedIn,
    enrol::{is_email, same_spelling, write},
    password,
    sign_in::{VALID, begin_session},
    store::{self, StaffRow, TokenRow},
};

/// What a provider proved.
#[derive(Debug, Clone)]
pub(crate) struct Proven {
    pub issuer: String,
    pub subject: String,
    pub email: Option<String>,
    /// True where the provider knows that the address is theirs.
    pub is_verified: bool,
    pub name: Option<String>,
}

impl Proven {
    /// The address that may stand for a person.
    fn address(&self) -> Option<String> {
        self.email.as_deref().filter(|_| self.is_verified).map(same_spelling).filter(|email| is_email(email))
    }
}

/// Begins a session for whoever it is. `journey` begins one session only.
pub(crate) async fn admit(
    runtime: &Runtime,
    provider: &IdentityProvider,
    proven: Proven,
    journey: String,
) -> Result<SignedIn, JourneyError> {
    let token = Secret::fresh("qms_");
    let digest = token.digest();
    let valid = runtime.clock.as_lived(VALID);
    let provider = provider.clone();
    // Hashed before the transaction: it takes its time. Nobody knows it; a person who came in so has no password.
    let no_password = match &provider.admits {
        Some(_) => password::hash(Secret::fresh("")).await,
        None => String::new(),
    };
    let admitted = runtime
        .run(Call::by(format!("identity:{}", provider.provider_id)), move |cx| {
            let (provider, proven, digest) = (provider.clone(), proven.clone(), digest.clone());
            let (journey, no_password) = (journey.clone(), no_password.clone());
            Box::pin(async move {
                let user_id = find_or_link(cx, &provider, &proven, no_password).await?;
                cx.actor = format!("user:{user_id}");
                let by_journey = |row| TokenRow { begun_by: Some(journey), ..row };
                Ok::<_, JourneyError>(begin_session(cx, user_id, digest, valid, by_journey).await?)
            })
        })
        .await;
    match admitted {
        // Of all that is written, only the journey can be there already.
        Err(JourneyError::Fault(fault)) if fault.is_duplicate() => Err(JourneyError::UsedBefore),
        admitted => admitted.map(|begun| begun.with(token)),
    }
}

async fn find_or_link(
    cx: &mut Cx<'_>,
    provider: &IdentityProvider,
    proven: &Proven,
    no_password: String,
) -> Result<UserId, JourneyError> {
    let address = proven.address();
    let is_of_domain = |email: &String| {
        let domain = email.split_once('@').map_or("", |(_, domain)| domain);
        provider.domains.iter().any(|allowed| allowed == domain)
    };
    if !provider.domains.is_empty() && !address.as_ref().is_some_and(is_of_domain) {
        return Err(JourneyError::NotAdmitted);
    }
    let organisation_id = cx.organisation_id.clone();
    let Proven { issuer, subject, .. } = proven;
    if let Some(user_id) = store::find_identity(cx.tx, &organisation_id, issuer, subject).await? {
        let staff = store::find_staff(cx.tx, &organisation_id, &user_id).await?;
        let is_active = staff.is_some_and(|staff| staff.is_active);
        return if is_active { Ok(user_id) } else { Err(JourneyError::NotAdmitted) };
    }
    let address = address.ok_or(JourneyError::NotAdmitted)?;
    store::lock_people(cx.tx, &organisation_id).await?;
    let user_id = match store::find_sign_in(cx.tx, &organisation_id, &address).await? {
        Some(staff) if staff.is_active => staff.user_id,
        Some(_) => return Err(JourneyError::NotAdmitted),
        None => {
            let role = provider.admits.clone().ok_or(JourneyError::NotAdmitted)?;
            enrol(cx, proven, &address, no_password, role).await?
        }
    };
    // An address that was given to somebody else does not give them the account with it.
    if !store::insert_identity(cx.tx, &organisation_id, issuer, subject, &user_id, cx.now).await? {
        return Err(JourneyError::NotAdmitted);
    }
    let after = json!({ "issuer": issuer, "subject": subject });
    let data = json!({ "provider_id": provider.provider_id });
    cx.record("identity.linked", user_id.as_str(), data, Json::Null, after);
    Ok(user_id)
}

/// Enrols somebody whom nobody invited, because their domain is one of ours.
async fn enrol(
    cx: &mut Cx<'_>,
    proven: &Proven,
    address: &str,
    password_hash: String,
    role: Assignment,
) -> Result<UserId, JourneyError> {
    let name: String =
        proven.name.as_deref().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    let name = name.trim();
    let staff = StaffRow {
        email: address.to_owned(),
        name: if name.is_empty() { address.to_owned() } else { name.to_owned() },
        password_hash,
        // They choose another with one click.
        language: "en".to_owned(),
    };
    let user_id = UserId::from_body(&cx.fresh());
    write(cx, &user_id, &staff, &[role]).await.map_err(|error| match error {
        EnrolError::Fault(fault) => JourneyError::Fault(fault),
        _ => JourneyError::NotAdmitted,
    })?;
    Ok(user_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_verified_address_stands_for_a_person() {
        let proven = |email: Option<&str>, is_verified| Proven {
            issuer: String::new(),
            subject: String::new(),
            email: email.map(str::to_owned),
            is_verified,
            name: None,
        };
        assert_eq!(proven(Some(" Ada@Shop.example"), true).address().as_deref(), Some("ada@shop.example"));
        assert_eq!(proven(Some("ada@shop.example"), false).address(), None);
        assert_eq!(proven(Some("ada@shop.example@evil.example"), true).address(), None);
        assert_eq!(proven(None, true).address(), None);
    }
}
