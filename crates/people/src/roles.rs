//! Roles: sets of permissions, by the one matrix in `roles.txt` that people review.

use std::{fmt, sync::LazyLock};

use web::{Permission, Permissions};

macro_rules! roles {
    ($($name:ident = $code:literal, $says:literal;)*) => {
        /// What somebody, or some machine, is here to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $(#[doc = $says] $name,)* }

        impl Role {
            /// All of them, in the order of the matrix.
            pub const ALL: &[Role] = &[$(Role::$name),*];

            /// Its name in the API, in the database and in the matrix.
            pub fn code(self) -> &'static str {
                match self { $(Role::$name => $code,)* }
            }
        }
    };
}

roles! {
    Owner = "owner", "Answers for everything, and makes other owners.";
    Admin = "admin", "Runs the platform day by day.";
    MerchantOps = "merchant_ops", "Looks after a merchant's goods and orders.";
    Planner = "planner", "Decides which nodes there are and what they do.";
    WarehouseManager = "wh_manager", "Answers for a node's stock and work.";
    Picker = "picker", "Picks and packs.";
    StoreAssociate = "store_associate", "Works in a shop that also fulfils.";
    Support = "support", "Helps customers with their orders.";
    Finance = "finance", "Looks at what it costs and brings.";
    PartnerOperator = "3pl_operator", "Fulfils for others at a partner's node.";
    CarrierBot = "carrier_bot", "A carrier's machine that reports where parcels are.";
    ChannelApp = "channel_app", "A channel's machine that brings orders.";
    Auditor = "auditor", "Sees everything and changes nothing.";
    Agent = "agent", "A machine that looks and proposes.";
}

static MATRIX: LazyLock<Vec<Permissions>> =
    LazyLock::new(|| read(include_str!("../roles.txt")).expect("a test reads the matrix"));

impl Role {
    /// The role of this name.
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.code() == code)
    }

    /// What it allows.
    pub fn permissions(self) -> Permissions {
        MATRIX[self as usize]
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The permissions of each role, in the order of [`Role::ALL`].
fn read(text: &str) -> Result<Vec<Permissions>, String> {
    let mut rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let head: Vec<&str> = rows.next().unwrap_or_default().split_whitespace().skip(1).collect();
    if head != Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>() {
        return Err("the columns are not the roles in their order".into());
    }
    let mut sets: Vec<Vec<Permission>> = vec![Vec::new(); head.len()];
    let mut wanted = Permission::ALL.iter();
    for row in rows {
        let mut cells = row.split_whitespace();
        let permission = Permission::parse(cells.next().unwrap_or_default())
            .filter(|permission| wanted.next() == Some(permission))
            .ok_or_else(|| format!("not the next permission: {row}"))?;
        let cells: Vec<&str> = cells.collect();
        if cells.len() != head.len() {
            return Err(format!("not a cell for each role: {row}"));
        }
        for (set, cell) in sets.iter_mut().zip(cells) {
            match cell {
                "x" => set.push(permission),
                "." => {}
                _ => return Err(format!("neither x nor dot: {row}")),
            }
        }
    }
    match wanted.next() {
        Some(permission) => Err(format!("no row for {permission}")),
        None => Ok(sets.into_iter().map(|set| set.into_iter().collect()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_says_of_every_role_and_permission_yes_or_no() {
        let text = include_str!("../roles.txt");
        assert_eq!(read(text).map(|sets| sets.len()), Ok(Role::ALL.len()));
        for wrong in ["orders.read ", "settings.write ", "picker "] {
            assert!(read(&text.replace(wrong, "nobody ")).is_err(), "{wrong}");
        }
        assert!(read(&text.replacen("  x ", "  ? ", 1)).is_err());
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(*role));
        }
    }

    #[test]
    fn an_owner_may_everything_an_admin_all_but_owners_and_nobody_else_lets_people_in() {
        use Permission::*;
        assert_eq!(Role::Owner.permissions(), Permissions::all());
        let lacking: Vec<Permission> =
            Permission::ALL.iter().copied().filter(|one| !Role::Admin.permissions().has(*one)).collect();
        assert_eq!(lacking, [OwnersWrite]);
        for role in &Role::ALL[2..] {
            for permission in [PeopleWrite, OwnersWrite, MerchantsWrite, WebhooksWrite, SettingsWrite] {
                assert!(!role.permissions().has(permission), "{role} {permission}");
            }
        }
    }

    #[test]
    fn whoever_takes_everything_out_sees_every_field_and_a_picker_sees_neither_customers_nor_money_c3() {
        use Permission::*;
        for role in Role::ALL {
            let may = role.permissions();
            let takes_all =
                [EventsRead, AuditRead, DataExport].into_iter().any(|permission| may.has(permission));
            assert!(!takes_all || (may.has(CustomersRead) && may.has(MoneyRead)), "{role}");
        }
        let picker = Role::Picker.permissions();
        assert!(!picker.has(CustomersRead) && !picker.has(MoneyRead));
    }

    #[test]
    fn auditors_and_agents_only_look() {
        for role in [Role::Auditor, Role::Agent] {
            assert!(
                role.permissions().iter().all(|permission| permission.code().ends_with(".read")),
                "{role}"
            );
        }
    }
}
