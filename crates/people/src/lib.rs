//! Floor 3b: the organisation, the people who work for it, and how they and their machines prove who they are.
//!
//! - An *organisation* runs the platform; *merchants* sell on it. [`found`] makes both on the first run;
//!   [`add_merchant`] adds others. Each may look its own way ([`change_brand`]).
//! - *Staff* are invited ([`invite`], [`accept`]) or enrolled, sign in with e-mail address and password ([`sign_in`],
//!   [`sign_out`]) and get a session; one day they are dismissed ([`dismiss`]). Machines get a key that somebody made
//!   for them ([`make_key`]).
//! - An [`IdentityProvider`] elsewhere may prove who they are, by OpenID Connect ([`Journeys`]): the first time by a
//!   verified e-mail address of somebody enrolled, from then on by its own name for them.
//! - At a shared [`Device`] a *badge* begins a person's shift and ends the one before ([`badge_in`]); it opens the work of
//!   the floor at the device's node, as far as their roles do.
//! - What they may do is the sum of their [`Role`]s, each given for the organisation, for a merchant or at a node
//!   ([`assign`]). The matrix of roles and permissions is one file, `roles.txt`.
//! - The first person proves with the first-run secret that the machine is theirs, and owns the organisation.
//! - Customers get links that are signed ([`link`]).
//!
//! **Invariants:** of a secret only a digest is stored, and it is shown once. A person who was dismissed, a role that
//! was taken and a key that was revoked or ran out count for nothing from the next request on. Nobody gives more than
//! they have, and somebody always owns the organisation. Nothing that has a password in it is kept under an idempotency
//! key, because its fingerprint would be a fast way to try passwords.

pub mod api;
mod assign;
mod attempts;
mod badges;
mod brand;
mod care;
mod change_password;
mod colour;
pub mod cookie;
mod devices;
mod dismiss;
mod enrol;
mod federate;
mod first_run;
mod found;
mod invite;
mod journey;
pub mod link;
mod make_key;
mod merchants;
mod organisation;
mod password;
mod prefer;
mod providers;
mod reseal;
mod roles;
mod secret;
mod sign_in;
mod sign_out;
mod store;
mod view_as;
mod views;
mod whoami;

pub use api::{identify, is_https, routes};
pub use assign::{AssignError, Assignment, assign, unassign};
pub use attempts::Attempts;
pub use badges::{
    BadgeError, BadgeInError, MadeBadge, PIN_TRIES, badge_in, make_badge, revoke_badge, set_pin,
};
pub use brand::{Brand, BrandChange, BrandError, change_brand};
pub use care::{CareStep, note_read, take_care};
pub use change_password::{ChangePasswordError, change_password};
pub use colour::Colour;
pub use devices::{
    DeviceError, OfferedDevice, add_device, find_device, find_offer, revoke_device, take_device,
};
pub use dismiss::{DismissError, dismiss};
pub use enrol::{EnrolError, Flaw, NewStaff, enrol, enrol_first};
pub use found::{FoundError, Founded, NewOrganisation, found};
pub use invite::{InviteError, Invited, accept, find_invitation, invite, withdraw};
pub use journey::{Departure, JourneyError, Journeys, ProviderAnswer};
pub use make_key::{MadeKey, MakeKeyError, NewKey, make_key};
pub use merchants::{MerchantError, add_merchant, rename_merchant};
pub use organisation::{
    OrganisationChange, OrganisationError, amend_organisation, find_time_zone, list_time_zones,
};
pub use prefer::{DENSITIES, PreferError, PreferenceChange, THEMES, prefer};
pub use providers::{
    IdentityProvider, ProviderError, ProviderSetup, SetupFlaw, UnlinkError, remove_provider, set_up_provider,
    unlink_identities,
};
pub use reseal::reseal;
pub use roles::Role;
pub use secret::Secret;
pub use sign_in::{SignInError, SignedIn, sign_in};
pub use sign_out::{list_sessions, sign_out, sign_out_everywhere};
pub use store::{
    Badge, Care, Device, Invitation, Merchant, Organisation, SavedView, Staff, TokenFacts, care_of,
    find_brand, find_logo, find_merchant, find_organisation, find_reading, find_shown_brand, find_staff,
    find_staff_by_email, forget_ended, has_staff, list_assignments, list_badges, list_devices,
    list_invitations, list_keys, list_merchants, list_providers, list_staff, list_views, roles_of,
    staff_by_id,
};
pub use view_as::{ViewError, view_as, view_as_oneself};
pub use views::{NewView, SaveViewError, forget_view, forget_views_of, save_view};
pub use whoami::{Doorkeeper, access_of, find_access, whoami};
