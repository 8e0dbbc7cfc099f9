//! The settings with rich, empty and refused content.

use console::href;
use console::pages::badge::{EnrolDevice, ShowBadge};
use console::pages::reference::{Reference, ReferencePage};
use console::pages::settings::*;
use console::rights::{permission_key, role_key};
use people::Role;
use web::Permission;

use super::*;

impl Sample {
    pub(super) fn reference(&self) -> ReferencePage {
        let document = include_str!("../../../../../docs/openapi.json");
        ReferencePage {
            t: self.t.clone(),
            theme: self.theme,
            path: href::REFERENCE.to_owned(),
            reference: Reference::of(&serde_json::from_str(document).unwrap()),
        }
    }

    pub(super) fn tabs(&self, here: &str) -> Vec<Tab> {
        let all = [
            (href::PEOPLE, "settings-people"),
            (href::ROLES, "settings-roles"),
            (href::BADGES, "settings-badges"),
            (href::KEYS, "settings-keys"),
            (href::LOOK, "settings-organisation"),
            (href::MERCHANTS, "settings-merchants"),
            (href::WEBHOOKS, "settings-webhooks"),
            (href::SIGN_IN_SETTINGS, "settings-providers"),
            (href::AUDIT, "settings-audit"),
            (href::PRIVACY, "settings-privacy"),
            (href::ME, "settings-me"),
        ];
        all.into_iter().map(|(href, key)| Tab { href, key, is_here: href == here }).collect()
    }

    fn areas(&self) -> Vec<Choice> {
        vec![
            Choice::new("", &self.t.text("area-everywhere")),
            Choice::new("mer_1", "Tea & Coffee"),
            Choice::new("nod_1", "Varna <script>alert(1)</script>"),
        ]
    }

    fn role(&self, role: Role, area: &str, area_name: &str) -> RoleRow {
        let name = self.t.text(role_key(role));
        RoleRow { code: role.code().into(), name, area: area.into(), area_name: area_name.into() }
    }

    pub fn people(&self, can_change: bool, link: Option<&str>) -> People {
        let person = |id: &str, name: &str, is_active, roles| PersonRow {
            id: text(id),
            name: text(name),
            email: text("elena@tea.example"),
            is_active,
            roles,
        };
        let roles = vec![
            self.role(Role::Owner, "", ""),
            self.role(Role::Picker, "nod_1", "Varna <script>alert(1)</script>"),
        ];
        let invited = InvitedRow {
            id: text("inv_1"),
            email: text("maria@tea.example"),
            role: self.role(Role::MerchantOps, "mer_1", "Tea & Coffee"),
            until: at("2026-11-29T12:40:00Z"),
        };
        People {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::PEOPLE),
            tabs: self.tabs(href::PEOPLE),
            people: vec![
                person("usr_1", "Elena Petrova", true, roles),
                person("usr_2", "<script>alert(1)</script>", false, vec![]),
            ],
            invited: if can_change { vec![invited] } else { vec![] },
            roles: Role::ALL
                .iter()
                .map(|role| Choice::new(role.code(), &self.t.text(role_key(*role))))
                .collect(),
            areas: self.areas(),
            can_change,
            link: link.map(text),
        }
    }

    pub fn matrix(&self) -> Roles {
        let row = |permission: &Permission| RightRow {
            code: permission.code(),
            name: self.t.text(permission_key(*permission)),
            cells: Role::ALL.iter().map(|role| role.permissions().has(*permission)).collect(),
        };
        Roles {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::ROLES),
            tabs: self.tabs(href::ROLES),
            roles: Role::ALL.iter().map(|role| self.t.text(role_key(*role))).collect(),
            choices: vec![Choice::new("picker", &self.t.text(role_key(Role::Picker)))],
            areas: self.areas(),
            rows: Permission::ALL.iter().map(row).collect(),
        }
    }

    pub fn keys(&self, is_full: bool) -> Keys {
        let key = |name: &str, permissions: Option<&str>, used_at| KeyRow {
            id: text("ses_1"),
            name: text(name),
            maker: text("Elena Petrova"),
            permissions: permissions.map(text),
            area: text("Tea & Coffee"),
            used_at,
            until: at("2027-11-22T12:40:00Z"),
            version: permissions.map(|_| text("2026-11-22")),
        };
        let keys = vec![key("Web shop", Some("orders"), Some(ago(5))), key("Till", None, None)];
        Keys {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::KEYS),
            tabs: self.tabs(href::KEYS),
            keys: if is_full { keys } else { vec![] },
            permissions: vec![Choice::new("orders.read", &self.t.text("permission-orders-read"))],
            areas: self.areas(),
            made: is_full.then(|| text("qm_live_01kjprzb00eddr27zp1vycdyqh_secret")),
        }
    }

    pub fn badges(&self, is_full: bool) -> Badges {
        let badge = |id: &str, has_pin, is_locked| BadgeRow {
            id: text(id),
            person: text("Elena Petrova"),
            has_pin,
            is_locked,
            since: ago(500),
        };
        let device = |id: &str, is_taken| DeviceRow {
            id: text(id),
            name: text("Scanner <script>alert(1)</script>"),
            node: text("Varna"),
            is_taken,
            since: ago(500),
        };
        let made = MadeBadge {
            person: text("Elena Petrova"),
            bars: console::svg::barcode::bars("QB0123456789ABCDEFGHJK").unwrap(),
            code: text("QB0123456789ABCDEFGHJK"),
        };
        let badges =
            vec![badge("bdg_1", true, true), badge("bdg_2", true, false), badge("bdg_3", false, false)];
        Badges {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::BADGES),
            tabs: self.tabs(href::BADGES),
            badges: if is_full { badges } else { vec![] },
            devices: if is_full { vec![device("dev_1", true), device("dev_2", false)] } else { vec![] },
            people: vec![Choice::new("usr_1", "Elena Petrova")],
            nodes: vec![Choice::new("nod_1", "Varna")],
            can_change: is_full,
            made: is_full.then_some(made),
            link: is_full.then(|| text("https://qm.tea.example/device/qmo_secret")),
            here: text("/device/qmo_secret"),
        }
    }

    pub fn enrol_device(&self) -> EnrolDevice {
        EnrolDevice {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/device/qmo_1"),
            name: text("Scanner 3"),
        }
    }

    pub fn show_badge(&self, code: &str, error: Option<&str>) -> ShowBadge {
        ShowBadge {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/badge?next=%2Fstations"),
            device: text("Scanner 3"),
            code: text(code),
            by_password: text("/sign-in?by=password"),
            next: text("/stations"),
            error: error.map(text),
        }
    }

    pub fn providers(&self, error: Option<&str>) -> Providers {
        let known = ProviderForm {
            id: text("idp_1"),
            name: text("Tea & Coffee"),
            issuer: text("https://id.tea.example"),
            client_id: text("quartermaster"),
            address: text("https://qm.tea.example"),
            redirect_uri: text("https://qm.tea.example/sign-in/from/idp_1"),
            domains: text("tea.example coffee.example"),
            role: text("picker"),
            area: text("nod_1"),
            error: error.map(text),
            is_new: false,
        };
        let new = ProviderForm { id: text("idp_2"), is_new: true, ..ProviderForm::default() };
        Providers {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::SIGN_IN_SETTINGS),
            tabs: self.tabs(href::SIGN_IN_SETTINGS),
            providers: vec![known, new],
            roles: vec![Choice::new("picker", &self.t.text(role_key(Role::Picker)))],
            areas: self.areas(),
        }
    }

    pub fn merchants(&self, can_change: bool) -> Merchants {
        Merchants {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::MERCHANTS),
            tabs: self.tabs(href::MERCHANTS),
            merchants: vec![Choice::new("mer_1", "Tea & Coffee")],
            can_change,
            command: text("c0ffee"),
        }
    }

    pub fn own_look(&self, error: Option<&str>) -> LookPage {
        LookPage {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::LOOK),
            tabs: self.tabs(href::LOOK),
            name: text("Balkan Tea & Coffee"),
            house: error.is_none().then(|| HouseEntry {
                name: text("Balkan <b>Tea</b>"),
                time_zone: text("Europe/Sofia"),
                zones: vec![text("Asia/Taipei"), text("Europe/Sofia")],
                error: (self.theme == Theme::Dark).then(|| text("—")),
            }),
            action: text(href::LOOK),
            form: LookForm {
                display_name: text("Tea <script>alert(1)</script>"),
                accent: error.map(|_| text("#7a1f6b")),
                support_email: text("help@tea.example"),
                support_phone: text("+359 2 123 456"),
                support_link: text("https://tea.example"),
                logo: error.map(|_| text("/brand/logo/1f")),
            },
            error: error.map(text),
            command: text("c1"),
        }
    }

    pub fn me(&self, is_refused: bool) -> MePage {
        MePage {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::ME),
            tabs: self.tabs(href::ME),
            zone: if is_refused { text("Mars/Olympus <script>alert(1)</script>") } else { String::new() },
            zone_error: is_refused.then(|| text("—")),
            house_zone: text("Europe/Sofia"),
            zones: vec![text("Asia/Taipei"), text("Europe/Sofia")],
            password_error: is_refused.then(|| text("—")),
            sessions: vec![
                SessionRow { id: text("ses_2"), is_this: true, since: ago(50), used_at: ago(0) },
                SessionRow { id: text("ses_1"), is_this: false, since: ago(3000), used_at: ago(20) },
            ],
        }
    }

    pub fn changes(&self, is_full: bool) -> Audit {
        let change = ChangeRow {
            at: ago(3),
            kind: text("role.given"),
            subject: text("usr_1"),
            actor: text("Elena Petrova"),
            before: String::new(),
            after: text("{\"role\":\"picker\",\"name\":\"<script>alert(1)</script>\"}"),
            request: text("req_1"),
        };
        Audit {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::AUDIT),
            tabs: self.tabs(href::AUDIT),
            kind: text("role."),
            text: String::new(),
            changes: if is_full { vec![change] } else { vec![] },
            next: is_full.then(|| text("/settings/audit?after=7")),
        }
    }

    pub fn privacy(&self, rows: Option<usize>, done: Option<Done>) -> Privacy {
        let row = |number: usize| TouchedRow {
            order_id: format!("ord_{number}"),
            reference: text("W-1001 <script>alert(1)</script>"),
            placed_at: ago(900),
            parcels: number,
            standing: ["privacy-ready", "privacy-under-way", "privacy-erased"][number % 3],
        };
        Privacy {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::PRIVACY),
            tabs: self.tabs(href::PRIVACY),
            whom: text("ana@example.com"),
            error: rows.is_none().then(|| self.t.text("privacy-wrong")),
            rows: rows.map(|count| (0..count).map(row).collect()),
            ready: rows.unwrap_or(0).div_ceil(3) as i64,
            done,
        }
    }

    pub fn join(&self, error: Option<&str>) -> Join {
        Join {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/join/qmi_1"),
            organisation: text("Balkan Tea & Coffee"),
            email: text("maria@tea.example"),
            name: String::new(),
            error: error.map(|key| self.t.text(key)),
        }
    }
}
