//! What channels may sell, worked out by hand and over many small worlds.

use std::collections::BTreeSet;

use super::*;

fn channel(name: &str) -> ChannelId {
    ChannelId::from_body(name)
}

fn node(name: &str) -> NodeId {
    NodeId::from_body(name)
}

fn tea() -> ItemId {
    ItemId::from_body("tea")
}

fn free(units: &[(&str, i64)]) -> Free {
    units.iter().map(|(name, units)| (node(name), *units)).collect()
}

fn only(names: &[&str]) -> Policy {
    Policy { nodes: Nodes::Only(names.iter().map(|name| node(name)).collect()), ..Policy::default() }
}

fn rules(policies: &[(&str, Policy)], quotas: &[(&str, i64, i64)]) -> Rules {
    Rules::new(
        policies.iter().map(|(name, policy)| (channel(name), None, policy.clone())),
        quotas
            .iter()
            .map(|(name, quantity, used)| (tea(), channel(name), Quota { quantity: *quantity, used: *used })),
    )
}

fn told(rules: &Rules, name: &str, free: &Free) -> (i64, Option<Limit>) {
    let sellable = rules.sellable(&channel(name), &tea(), free);
    (sellable.ats, sellable.limit)
}

#[test]
fn the_worked_example_of_the_guide() {
    let stock = free(&[("centre", 80), ("leeds", 20)]);
    let web = Policy { buffer: 5, ..Policy::default() };
    let till = only(&["leeds"]);
    let rules = rules(&[("web", web), ("till", till)], &[("market", 40, 10), ("till", 8, 0)]);
    assert_eq!(told(&rules, "market", &stock), (30, Some(Limit::Quota)));
    assert_eq!(told(&rules, "till", &stock), (8, Some(Limit::Quota)));
    assert_eq!(told(&rules, "web", &stock), (100 - 30 - 8 - 5, Some(Limit::Buffer)));
    assert_eq!(told(&rules, "app", &stock), (62, Some(Limit::SetAside)));
}

#[test]
fn without_rules_a_channel_sells_all_there_is() {
    let rules = Rules::default();
    assert!(rules.are_silent(&channel("web"), &tea()));
    assert_eq!(told(&rules, "web", &free(&[("leeds", 3)])), (3, None));
}

#[test]
fn a_policy_of_the_item_replaces_the_general_one() {
    let off = Policy { is_on: false, ..Policy::default() };
    let mut rules = rules(&[("web", off)], &[]);
    assert_eq!(told(&rules, "web", &free(&[("leeds", 3)])), (0, Some(Limit::Off)));
    rules.own.insert((tea(), channel("web")), Policy { buffer: 1, ..Policy::default() });
    assert_eq!(told(&rules, "web", &free(&[("leeds", 3)])), (2, Some(Limit::Buffer)));
}

#[test]
fn a_channel_that_is_off_sets_nothing_aside() {
    let off = Policy { is_on: false, ..Policy::default() };
    let rules = rules(&[("market", off)], &[("market", 3, 0)]);
    assert_eq!(told(&rules, "web", &free(&[("leeds", 3)])), (3, None));
}

#[test]
fn units_are_pinned_where_they_are_least_in_the_way() {
    // The till can only sell from Leeds, the app from both: the app's units are found in York.
    let rules = rules(
        &[("app", only(&["leeds", "york"])), ("till", only(&["leeds"]))],
        &[("app", 5, 0), ("till", 9, 0)],
    );
    let stock = free(&[("leeds", 10), ("york", 5)]);
    assert_eq!(rules.covered(&tea(), &stock), BTreeMap::from([(channel("app"), 5), (channel("till"), 9)]));
    assert_eq!(told(&rules, "web", &stock), (1, Some(Limit::SetAside)));
}

#[test]
fn in_a_shortage_older_channels_are_covered_first_and_nothing_lies_idle() {
    let rules = rules(&[], &[("a", 10, 0), ("b", 10, 0)]);
    let stock = free(&[("leeds", 15)]);
    assert_eq!(told(&rules, "a", &stock), (10, Some(Limit::Quota)));
    assert_eq!(told(&rules, "b", &stock), (5, Some(Limit::SetAside)));
    assert_eq!(told(&rules, "web", &stock), (0, Some(Limit::SetAside)));
}

/// Numbers by chance, the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as i64
    }
}

const NODES: [&str; 4] = ["a", "b", "c", "d"];
const CHANNELS: [&str; 5] = ["one", "two", "three", "four", "five"];

fn some_world(dice: &mut Dice) -> (Rules, Free) {
    let stock =
        NODES.iter().map(|name| (node(name), dice.below(12))).filter(|(_, units)| *units > 0).collect();
    let mut policies = Vec::new();
    let mut quotas = Vec::new();
    for name in CHANNELS {
        let some: BTreeSet<NodeId> =
            NODES.iter().filter(|_| dice.below(2) == 0).map(|name| node(name)).collect();
        let nodes = match dice.below(3) {
            0 => Nodes::All,
            1 => Nodes::Only(some),
            _ => Nodes::Except(some),
        };
        if dice.below(4) > 0 {
            let policy =
                Policy { is_on: dice.below(8) > 0, nodes, buffer: dice.below(4), ..Policy::default() };
            policies.push((channel(name), None, policy));
        }
        if dice.below(5) < 3 {
            let used = dice.below(3);
            quotas.push((tea(), channel(name), Quota { quantity: used + dice.below(9), used }));
        }
    }
    (Rules::new(policies, quotas), stock)
}

/// I10.
#[test]
fn what_channels_may_sell_together_is_never_more_than_there_is() {
    let mut dice = Dice(20_260_302);
    for round in 0..20_000 {
        let (rules, stock) = some_world(&mut dice);
        let total: i64 = stock.values().sum();
        let (mut dedicated, mut shared) = (0, 0);
        for name in CHANNELS {
            let sellable = rules.sellable(&channel(name), &tea(), &stock);
            assert!(sellable.ats <= sellable.by_node.values().sum(), "round {round}: it lies somewhere");
            match sellable.quota {
                Some(quota) => {
                    assert!(sellable.ats <= quota.left(), "round {round}: no quota is overdrawn");
                    dedicated += sellable.ats;
                }
                None => shared = shared.max(sellable.ats),
            }
        }
        assert!(
            dedicated + shared <= total,
            "round {round}: {dedicated} + {shared} of {total}\n{rules:?}\n{stock:?}"
        );
    }
}

/// I10: whatever a channel sells, from whichever of its nodes, nobody else loses what was set aside for them; and so
/// on until nobody can sell anything.
#[test]
fn a_sale_takes_nothing_that_is_set_aside_for_others() {
    let mut dice = Dice(77);
    for round in 0..5_000 {
        let (mut rules, mut stock) = some_world(&mut dice);
        for _ in 0..12 {
            let seller = channel(CHANNELS[dice.below(5) as usize]);
            let before = rules.covered(&tea(), &stock);
            let sellable = rules.sellable(&seller, &tea(), &stock);
            let mut wanted = if sellable.ats > 0 { 1 + dice.below(sellable.ats) } else { continue };
            rules.charge(&seller, &tea(), wanted);
            for (node_id, most) in &sellable.by_node {
                let taken = wanted.min(*most);
                *stock.entry(node_id.clone()).or_default() -= taken;
                wanted -= taken;
            }
            stock.retain(|_, units| *units > 0);
            let after = rules.covered(&tea(), &stock);
            let total = |covers: &BTreeMap<ChannelId, i64>| {
                covers.iter().filter(|(other, _)| **other != seller).map(|(_, units)| *units).sum::<i64>()
            };
            assert!(total(&after) >= total(&before), "round {round}: {before:?} {after:?}\n{rules:?}");
        }
    }
}
