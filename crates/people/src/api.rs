//! Signing in and out over HTTP, people and what they may do, merchants, keys, and the log of changes.

mod audit;
mod badges;
mod brand;
mod door;
mod identify;
mod keys;
mod me;
mod merchants;
mod providers;
mod staff;

use axum::{Extension, http::StatusCode};
use kernel::{MerchantId, NodeId, UserId};
use outbound::Reach;
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Area, Caller, Needs, Permission, Problem, Routes, problems};

use self::{
    audit::{ChangeJson, ChangesQuery},
    badges::{BadgeJson, DeviceJson, MadeBadgeJson, NewBadgeJson, NewDeviceJson, OfferedDeviceJson, PinJson},
    brand::{BrandChangeJson, BrandJson},
    door::{AcceptanceJson, FirstRunJson, SignInJson, SignedInJson},
    keys::{KeyJson, MadeJson, NewKeyJson},
    me::{MeJson, OrganisationChangeJson, OrganisationJson, PasswordJson, PreferenceJson, SessionJson},
    merchants::{MerchantJson, NameJson},
    providers::{NewProviderJson, ProviderAddedJson, ProviderChangeJson, ProviderJson},
    staff::{
        EnrolledJson, InvitationJson, InvitedJson, NewInvitationJson, NewStaffJson, RoleOfMatrix, StaffJson,
    },
};
use crate::{Assignment, Attempts, Role};

pub use identify::{identify, is_https};

/// The routes. `attempts` is shared with whatever other door signs people in; `reach` says how far away identity
/// providers may be.
pub fn routes(attempts: Attempts, reach: Reach) -> Routes<Runtime> {
    use Permission::{
        AuditRead, KeysWrite, MerchantsRead, MerchantsWrite, OwnersWrite, PeopleRead, PeopleWrite,
        SettingsWrite,
    };
    let owners = Needs::Throughout(OwnersWrite);
    let (see_people, people) = (Needs::Throughout(PeopleRead), Needs::Throughout(PeopleWrite));
    let (merchants, keys) = (Needs::Throughout(MerchantsWrite), Needs::Within(KeysWrite));
    Routes::new()
        .chapter("Signing in", "Who you are, what you may do and where you are signed in. A machine needs only its key.")
        .post(
            "/v1/first-run",
            Needs::Nothing
                .to("Enrol the first person")
                .about("With the first-run secret that the server prints. There is nobody yet who could be asked.")
                .body::<FirstRunJson>()
                .gives::<EnrolledJson>(StatusCode::CREATED, "Enrolled, as an owner.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::FIRST_RUN_OVER)
                .refuses(problems::DUPLICATE_CODE),
            door::post_first_run,
        )
        .post(
            "/v1/sign-in",
            Needs::Nothing
                .to("Sign in")
                .body::<SignInJson>()
                .gives::<SignedInJson>(StatusCode::OK, "Signed in: send `token` as `Authorization: Bearer`.")
                .refuses(problems::SIGN_IN_REFUSED)
                .refuses(problems::TOO_MANY_ATTEMPTS),
            door::post_sign_in,
        )
        .post(
            "/v1/acceptances",
            Needs::Nothing
                .to("Accept an invitation")
                .about("With the secret of the link; it works once.")
                .body::<AcceptanceJson>()
                .gives::<EnrolledJson>(StatusCode::CREATED, "Enrolled, with the role that was offered.")
                .refuses(problems::NOT_FOUND)
                .refuses(problems::DUPLICATE_CODE),
            door::post_acceptance,
        )
        .post("/v1/sign-out", Needs::Caller.to("Sign out").gives_nothing("Signed out."), door::post_sign_out)
        .get(
            "/v1/me",
            Needs::Caller
                .to("See who you are")
                .gives::<MeJson>(StatusCode::OK, "You, and what you may do where.")
                .refuses(problems::NOT_FOUND),
            me::get_me,
        )
        .patch(
            "/v1/me",
            Needs::Caller
                .to("Say how you want your pages")
                .about("Asked again it ends where it ended, so it takes no key.")
                .body::<PreferenceJson>()
                .gives_nothing("Kept, for every device you sign in at.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::NOT_FOUND),
            me::patch_me,
        )
        .post(
            "/v1/me/password",
            Needs::Caller
                .to("Change your password")
                .about("Your other sessions end. A wrong one counts as a failure to sign in.")
                .body::<PasswordJson>()
                .gives_nothing("Changed.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::TOO_MANY_ATTEMPTS),
            me::post_password,
        )
        .get(
            "/v1/me/sessions",
            Needs::Caller
                .to("See where you are signed in")
                .gives_all::<SessionJson>("Your sessions.")
                .refuses(problems::FORBIDDEN),
            me::get_sessions,
        )
        .delete(
            "/v1/me/sessions",
            Needs::Caller
                .to("Sign out everywhere")
                .gives_nothing("Signed out everywhere, here too.")
                .refuses(problems::FORBIDDEN),
            me::delete_sessions,
        )
        .delete(
            "/v1/me/sessions/{session_id}",
            Needs::Caller
                .to("Sign out of one session")
                .gives_nothing("Signed out there.")
                .refuses(problems::FORBIDDEN),
            me::delete_session,
        )
        .chapter("Merchants", "The sellers on the platform.")
        .get(
            "/v1/merchants",
            Needs::Within(MerchantsRead).to("List merchants").gives_all::<MerchantJson>("The merchants."),
            merchants::get_merchants,
        )
        .post(
            "/v1/merchants",
            merchants
                .to("Add a merchant")
                .command::<NameJson>()
                .gives::<MerchantJson>(StatusCode::CREATED, "Added."),
            merchants::post_merchant,
        )
        .patch(
            "/v1/merchants/{merchant_id}",
            merchants
                .to("Rename a merchant")
                .command::<NameJson>()
                .gives::<MerchantJson>(StatusCode::OK, "Renamed."),
            merchants::patch_merchant,
        )
        .patch(
            "/v1/organisation",
            Needs::Throughout(SettingsWrite)
                .to("Rename the organisation, or set its clocks")
                .command::<OrganisationChangeJson>()
                .gives::<OrganisationJson>(StatusCode::OK, "Changed."),
            me::patch_organisation,
        )
        .get(
            "/v1/brand",
            Needs::Caller
                .to("See how the organisation looks")
                .gives::<BrandJson>(StatusCode::OK, "Its name for customers, colour, logo, and whom to ask."),
            brand::get_brand,
        )
        .patch(
            "/v1/brand",
            Needs::Throughout(SettingsWrite)
                .to("Change how the organisation looks")
                .command::<BrandChangeJson>()
                .gives::<BrandJson>(StatusCode::OK, "Changed."),
            brand::patch_brand,
        )
        .get(
            "/v1/merchants/{merchant_id}/brand",
            Needs::Within(MerchantsRead)
                .to("See how a merchant looks")
                .about("What it leaves open is as the organisation has it, but the name.")
                .gives::<BrandJson>(StatusCode::OK, "As customers see it."),
            brand::get_merchant_brand,
        )
        .patch(
            "/v1/merchants/{merchant_id}/brand",
            Needs::Within(MerchantsWrite)
                .to("Change how a merchant looks")
                .command::<BrandChangeJson>()
                .gives::<BrandJson>(StatusCode::OK, "Changed: what the merchant says of itself."),
            brand::patch_merchant_brand,
        )
        .chapter("People", "Who works here, what they may do, and the keys of their machines.")
        .get(
            "/v1/roles",
            Needs::Caller.to("See what each role allows").gives_all::<RoleOfMatrix>("The matrix of roles."),
            staff::get_roles,
        )
        .get(
            "/v1/staff",
            see_people.to("List people").gives_all::<StaffJson>("Everybody, with their roles."),
            staff::get_staff,
        )
        .post(
            "/v1/staff",
            people
                .to("Enrol a person")
                .body::<NewStaffJson>()
                .gives::<EnrolledJson>(StatusCode::CREATED, "Enrolled.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::DUPLICATE_CODE),
            staff::post_staff,
        )
        .post(
            "/v1/staff/{user_id}/dismissal",
            people
                .to("Dismiss a person")
                .about("They are signed out everywhere, and their keys end.")
                .body::<()>()
                .gives_nothing("Dismissed.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::LAST_ONE),
            staff::post_dismissal,
        )
        .post(
            "/v1/staff/{user_id}/roles",
            people
                .to("Give a role")
                .body::<RoleJson>()
                .gives_nothing("Given.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::LAST_ONE),
            staff::post_role,
        )
        .post(
            "/v1/staff/{user_id}/roles/removals",
            people
                .to("Take a role")
                .body::<RoleJson>()
                .gives_nothing("Taken.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::LAST_ONE),
            staff::post_role_removal,
        )
        .get(
            "/v1/invitations",
            see_people.to("List invitations").gives_all::<InvitationJson>("Those who were asked to join."),
            staff::get_invitations,
        )
        .post(
            "/v1/invitations",
            people
                .to("Ask somebody to join")
                .body::<NewInvitationJson>()
                .gives::<InvitedJson>(StatusCode::CREATED, "Invited; the secret is told this once.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::DUPLICATE_CODE),
            staff::post_invitation,
        )
        .delete(
            "/v1/invitations/{invitation_id}",
            people
                .to("Withdraw an invitation")
                .gives_nothing("It no longer opens anything.")
                .refuses(problems::FORBIDDEN),
            staff::delete_invitation,
        )
        .get(
            "/v1/api-keys",
            keys.to("List API keys")
                .about("Yours, or everybody's where you look after the people.")
                .gives_all::<KeyJson>("The keys.")
                .refuses(problems::FORBIDDEN),
            keys::get_keys,
        )
        .post(
            "/v1/api-keys",
            keys.to("Make an API key")
                .body::<NewKeyJson>()
                .gives::<MadeJson>(StatusCode::CREATED, "Made; the key is told this once.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN),
            keys::post_key,
        )
        .delete(
            "/v1/api-keys/{key_id}",
            // Everybody may give up their own.
            Needs::Caller.to("Revoke an API key").gives_nothing("Revoked.").refuses(problems::FORBIDDEN),
            keys::delete_key,
        )
        .chapter("Badges", "Shared devices, and the codes with which people come in at them.")
        .get(
            "/v1/devices",
            see_people.to("List shared devices").gives_all::<DeviceJson>("The devices in use."),
            badges::get_devices,
        )
        .post(
            "/v1/devices",
            people
                .to("Add a shared device")
                .about("The browser that opens `/device/SECRET` first is the device.")
                .body::<NewDeviceJson>()
                .gives::<OfferedDeviceJson>(StatusCode::CREATED, "Added; the secret is told this once.")
                .refuses(problems::FORBIDDEN),
            badges::post_device,
        )
        .delete(
            "/v1/devices/{device_id}",
            people
                .to("Take a shared device out of use")
                .gives_nothing("Whoever was signed in there is out.")
                .refuses(problems::FORBIDDEN),
            badges::delete_device,
        )
        .get(
            "/v1/badges",
            see_people.to("List badges").gives_all::<BadgeJson>("The badges that are good."),
            badges::get_badges,
        )
        .post(
            "/v1/badges",
            people
                .to("Make a badge")
                .body::<NewBadgeJson>()
                .gives::<MadeBadgeJson>(StatusCode::CREATED, "Made; the code is told this once.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::NOT_FOUND),
            badges::post_badge,
        )
        .post(
            "/v1/badges/{badge_id}/pin",
            people
                .to("Set a badge's PIN")
                .about("It unlocks the badge as well. Null takes the PIN away.")
                .body::<PinJson>()
                .gives_nothing("Set.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::NOT_FOUND),
            badges::post_pin,
        )
        .delete(
            "/v1/badges/{badge_id}",
            people
                .to("Revoke a badge")
                .gives_nothing("Whoever came in with it is out.")
                .refuses(problems::FORBIDDEN),
            badges::delete_badge,
        )
        .chapter("Identity providers", "Services elsewhere that prove who people are, by OpenID Connect.")
        .get(
            "/v1/identity-providers",
            owners.to("List identity providers").gives_all::<ProviderJson>("The providers, without their secrets."),
            providers::get_providers,
        )
        .post(
            "/v1/identity-providers",
            owners
                .to("Add an identity provider")
                .about("It must send browsers back to `redirect_uri`, which the list shows.")
                .body::<NewProviderJson>()
                .gives::<ProviderAddedJson>(StatusCode::CREATED, "Added; the sign-in page offers it.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN),
            providers::post_provider,
        )
        .patch(
            "/v1/identity-providers/{provider_id}",
            owners
                .to("Change an identity provider")
                .about("What is left out stays as it is.")
                .body::<ProviderChangeJson>()
                .gives_nothing("Changed.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::NOT_FOUND),
            providers::patch_provider,
        )
        .delete(
            "/v1/identity-providers/{provider_id}",
            owners
                .to("Remove an identity provider")
                .about("Whoever came in by it keeps their session.")
                .gives_nothing("Removed, or not there.")
                .refuses(problems::FORBIDDEN),
            providers::delete_provider,
        )
        .delete(
            "/v1/staff/{user_id}/identities",
            people
                .to("Forget who a person is elsewhere")
                .about("The next time they come in by a provider, their e-mail address decides again.")
                .gives_nothing("Forgotten.")
                .refuses(problems::FORBIDDEN)
                .refuses(problems::MORE_THAN_OWN)
                .refuses(problems::NOT_FOUND),
            providers::delete_identities,
        )
        .chapter("Following and proving", "What happened, who did it, and whether everything holds.")
        .get(
            "/v1/audit",
            Needs::Throughout(AuditRead)
                .to("See who changed what")
                .asks::<ChangesQuery>()
                .gives_all::<ChangeJson>("Changes that people answer for, newest first."),
            audit::get_changes,
        )
        .wrap(|router| router.layer(Extension(attempts)).layer(Extension(reach)))
}

/// Whoever steals a machine's key cannot make more of it.
fn person(caller: &Caller) -> Result<UserId, Problem> {
    match &caller.user_id {
        Some(user_id) if !caller.is_machine => Ok(user_id.clone()),
        _ => Err(Problem::forbidden(problems::FORBIDDEN, "A machine's key does not open this.")),
    }
}

/// A role and where it holds, as it is sent and shown: for a merchant, at a node, or in the whole organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleJson {
    /// As `GET /v1/roles` calls it.
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merchant_id: Option<MerchantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node_id: Option<NodeId>,
}

impl RoleJson {
    fn read(self) -> Result<Assignment, Problem> {
        let role = Role::parse(&self.role).ok_or_else(|| invalid("/role", "there is no such role"))?;
        Ok(Assignment { role, area: area(self.merchant_id, self.node_id)? })
    }
}

impl From<&Assignment> for RoleJson {
    fn from(assignment: &Assignment) -> RoleJson {
        let (merchant_id, node_id) = ids_of(&assignment.area);
        RoleJson { role: assignment.role.code().to_owned(), merchant_id, node_id }
    }
}

fn area(merchant_id: Option<MerchantId>, node_id: Option<NodeId>) -> Result<Area, Problem> {
    match (merchant_id, node_id) {
        (None, None) => Ok(Area::Everywhere),
        (Some(merchant_id), None) => Ok(Area::Merchant(merchant_id)),
        (None, Some(node_id)) => Ok(Area::Node(node_id)),
        (Some(_), Some(_)) => Err(invalid("/node_id", "name a merchant or a node, not both")),
    }
}

fn ids_of(area: &Area) -> (Option<MerchantId>, Option<NodeId>) {
    match area {
        Area::Everywhere => (None, None),
        Area::Merchant(merchant_id) => (Some(merchant_id.clone()), None),
        Area::Node(node_id) => (None, Some(node_id.clone())),
    }
}

fn invalid(pointer: &str, says: &str) -> Problem {
    Problem::unprocessable(problems::INVALID_FIELD, says).at(pointer, problems::INVALID_FIELD.slug(), says)
}
