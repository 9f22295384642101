//! The chain from a teaching signal to the fibre: shot noise, lesions, knock-outs, local release, light and its detector.

use accumbens::recorded::{self, Chain, TICK, teaching};
use accumbens::theories;
use accumbens::transmission::light::binding;
use accumbens::transmission::{
    Binding, Buffer, Firing, FiringStage, LightStage, Release, ReleaseStage, Space, Terminal, Used,
};
use accumbens_core::{Channel, EventLog, Patch, Recording, Seed, Stage, sensors, transmission};

fn set(name: &str) -> (Firing, Terminal, Space) {
    let set = transmission::by_name(name).unwrap();
    (set.stage("firing").unwrap(), set.stage("terminal").unwrap(), set.stage("space").unwrap())
}

fn within(what: &str, found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{what}: {found}, expected {expected} within {share}");
}

/// A recording of a teaching signal.
fn taught(seconds: f64, signal: impl Fn(usize) -> f64) -> Recording {
    recorded::taught(seconds, signal).unwrap()
}

fn chain(set: &str) -> Chain {
    let mut chain = Chain::new("vta-core", Some(set), "ejdrup", sensors::by_name("dLight1.3b").unwrap()).unwrap();
    chain.fibre = None;
    chain.truth = true;
    chain
}

fn channel(recording: &Recording, name: &str) -> Vec<f64> {
    recording.channel(name).unwrap().data.clone()
}

fn mean(data: &[f64]) -> f64 {
    data.iter().sum::<f64>() / data.len() as f64
}

#[test]
fn a_hundred_cells_make_the_shot_noise_of_the_linear_theory() {
    // Fact 9, dreyer-vta and dreyer-snc at 4 Hz without somatic feedback: Poisson spikes of 100 cells, a quantum g/100
    // each, SD = g₁·√(ν/(2·100·k)) with g₁ what the autoreceptor leaves and k the slope of uptake.
    for (name, published) in [("dreyer-vta", 6.01), ("dreyer-snc", 7.55)] {
        let (_, terminal, mut space) = set(name);
        space.loss = 0.0;
        let tonic = space.tonic(&terminal, 4.0).unwrap();
        let g = terminal.a_spike(space.fraction) * terminal.gain(terminal.occupancy(tonic));
        let k = space.vmax * space.km / (space.km + tonic).powi(2);
        let theory = g * (4.0 / (2.0 * 100.0 * k)).sqrt();
        within(&format!("{name}, theory"), theory, published, 0.01);
        let mut chain = chain(name);
        for (name, value) in
            [("firing.tonic", "4"), ("firing.autoreceptor_strength", "0"), ("firing.burst_chance", "0")]
        {
            chain.set(name, value).unwrap();
        }
        chain.set("firing.irregularity", "1").unwrap();
        chain.set("space.loss", "0").unwrap();
        let recording = chain.record(taught(600.0, |_| 0.0), Seed(2), "noise").unwrap();
        let dopamine = &channel(&recording, "dopamine")[20_000..];
        let centre = mean(dopamine);
        let sd = (dopamine.iter().map(|c| (c - centre).powi(2)).sum::<f64>() / dopamine.len() as f64).sqrt();
        within(&format!("{name}, simulated"), sd, published, 0.06);
    }
}

#[test]
fn active_sites_alone_release_and_their_scaffold_is_needed() {
    // Fact 15: about 30% of varicosities have an active zone and 17% are hot spots (15 to 35% here); without RIM release is
    // gone, without ELKS nothing changes (liu2018, elizarova2022).
    let (_, all, space) = set("dreyer-lattice");
    for active in [0.17, 0.30] {
        let sparse = Terminal { active, probability: all.probability / active, ..all.clone() };
        within("the same flux", sparse.a_spike(space.fraction), all.a_spike(space.fraction), 1e-12);
        // 0.06 averaged over all varicosities is 0.2 to 0.35 at each active one.
        assert!((0.2..=0.36).contains(&sparse.probability), "{}", sparse.probability);
    }
    let knock_out = |name: &str| {
        let mut chain = chain("ejdrup-ventral");
        chain.patches = transmission::knock_out(name).unwrap();
        mean(&channel(&chain.record(taught(20.0, |_| 0.0), Seed(1), "").unwrap(), "dopamine"))
    };
    let usual =
        mean(&channel(&chain("ejdrup-ventral").record(taught(20.0, |_| 0.0), Seed(1), "").unwrap(), "dopamine"));
    assert_eq!(knock_out("RIM"), 0.0);
    assert_eq!(knock_out("ELKS"), usual);
    assert!(transmission::knock_out("RIMM").unwrap_err().to_string().contains("RIM"));
}

#[test]
fn dopamine_stays_until_four_fifths_of_the_projection_are_lost() {
    // Fact 19: release and uptake fall together, so the mean changes by less than 15% up to 80% loss; sets dreyer-snc and
    // ejdrup-dorsal, neurons lost with their terminals and transporters.
    for name in ["dreyer-snc", "ejdrup-dorsal"] {
        let level = |left: f64| {
            let mut chain = chain(name);
            for stage in ["firing.alive", "space.transporters"] {
                chain.patches.push(Patch::parse(&format!("{stage}*={left}")).unwrap());
            }
            mean(&channel(&chain.record(taught(300.0, |_| 0.0), Seed(4), "").unwrap(), "dopamine"))
        };
        let whole = level(1.0);
        for lost in [0.2, 0.5, 0.8] {
            within(&format!("{name}, {lost} lost"), level(1.0 - lost), whole, 0.15);
        }
    }
}

#[test]
fn a_local_event_releases_without_spikes_and_then_blocks_release() {
    // Mohebi 2019, Cragg 2024: dopamine without somatic spikes; no release again for 100 ms.
    let (_, terminal, space) = set("ejdrup-ventral");
    let mut used = Used::default();
    assert_eq!(terminal.reach(&mut used, 0.0, true), 1.0);
    assert_eq!(terminal.reach(&mut used, 0.05, false), 0.0);
    assert_eq!(terminal.reach(&mut used, 0.11, false), 1.0);
    let driven = |rate: f64| {
        let local = Terminal { local_rate: rate, ..terminal.clone() };
        let mut release = Release::mixed(&local, &space, 0.0, 100, (Seed(1), "local"), None).unwrap();
        let mut sum = 0.0;
        for _ in 0..20_000 {
            release.pass(&local, &space, &[], 0.0, TICK);
            sum += release.concentration() / 20_000.0;
        }
        sum
    };
    assert_eq!(driven(0.0), 0.0);
    assert!(driven(2.0) > 5.0);
}

#[test]
fn calcium_makes_the_second_of_two_spikes_stronger_and_calbindin_makes_both_weaker() {
    let terminal = Terminal { calcium: 1.0, ..Terminal::default() };
    // (1 + 110)/1800 = 62 ms.
    within("decay", terminal.calcium_decay(), 0.0617, 0.01);
    let mut used = Used::default();
    within("a lone spike", terminal.reach(&mut used, 0.0, false), 1.0, 1e-12);
    let second = terminal.reach(&mut used, 0.05, false);
    assert!(second > 1.5, "{second}");
    let buffered = Terminal { calbindin: 60.0, ..terminal };
    assert!(buffered.reach(&mut Used::default(), 0.0, false) < 0.4);
}

#[test]
fn kicks_and_pools_follow_their_closed_forms() {
    // Montague 2004: the factor before spike n of a train is 1 + Σ of what earlier kicks left, by recursion.
    let terminal = Terminal { depression: 0.9, depression_time: 2.0, ..Terminal::default() };
    let (mut used, mut factor) = (Used::default(), 1.0_f64);
    for n in 0..20 {
        within("depression", terminal.reach(&mut used, f64::from(n) * 0.1, false), factor, 1e-12);
        factor = 1.0 + (factor * 0.9 - 1.0) * (-0.1_f64 / 2.0).exp();
    }
    // A pool that loses a tenth a spike and does not come back falls geometrically.
    let terminal = Terminal { pool_use: 0.1, pool_recovery: 1e12, ..Terminal::default() };
    let mut used = Used::default();
    for n in 0..10 {
        within("pool", terminal.reach(&mut used, f64::from(n), false), 0.9_f64.powi(n), 1e-9);
    }
}

#[test]
fn a_competing_drug_shifts_half_occupancy_and_binding_reaches_its_rest() {
    // Competition: [C]/(1 + [I]/Ki) takes the place of [C].
    let blocked = Binding { d2_drug: 4.0, d2_drug_off: 0.05, ..Binding::default() };
    let [dopamine, drug] = blocked.rest(1, 35.0);
    within("dopamine", dopamine, 7.0 / 7.0 * (5.0 / 10.0), 1e-12);
    within("drug", drug, 4.0 / 10.0, 1e-12);
    let mut held = blocked.rest(1, 0.0);
    for _ in 0..400_000 {
        held = blocked.after(1, held, 35.0, TICK);
    }
    within("after 400 s", held[0], dopamine, 1e-6);
    // D2 keeps exp(−0.2) of its occupancy over a pause of 1 s; D1 follows within 51 ms at 10 nM.
    let free = Binding::default();
    let mut held = [0.5, 0.0];
    (0..1000).for_each(|_| held = free.after(1, held, 0.0, TICK));
    within("D2 over a pause", held[0] / 0.5, (-0.2_f64).exp(), 1e-6);
}

#[test]
fn a_sensor_that_holds_dopamine_back_keeps_every_molecule_and_finds_its_equilibrium() {
    let mut buffer = Buffer { on: 0.01, off: 10.0, total: 500.0, bound: 0.0 };
    let mut free = 200.0;
    for _ in 0..2000 {
        buffer.exchange(&mut free, TICK);
    }
    within("molecules", free + buffer.bound, 200.0, 1e-12);
    within("law of mass action", free * (500.0 - buffer.bound) / buffer.bound, 1000.0, 1e-9);
}

#[test]
fn sensors_of_high_affinity_saturate_at_tone_and_those_of_low_affinity_do_not() {
    // Shares bound at 10, 50, 300 nM if the dissociation constants hold (unverified).
    let expected =
        [("dLight1.1", [0.03, 0.13, 0.48]), ("dLight1.3b", [0.006, 0.03, 0.16]), ("GRAB_DA2m", [0.10, 0.36, 0.77])];
    let high = [("GRAB_DA2h", [0.59, 0.88, 0.98])];
    for (name, shares) in expected.into_iter().chain(high) {
        let receptor = binding(&sensors::by_name(name).unwrap()).unwrap();
        for (c, share) in [10.0, 50.0, 300.0].into_iter().zip(shares) {
            assert!((receptor.rest(c) - share).abs() < 0.006, "{name} at {c}: {}", receptor.rest(c));
        }
    }
}

/// Of light after one spike at the first sample: time from the spike to half of the peak, from the peak to half of it, s, and
/// the peak above what the light falls back to.
fn half_times(light: &[f64], step: f64) -> (f64, f64, f64) {
    let rest = light.last().copied().unwrap_or(0.0);
    let highest = light.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let peak = light.iter().position(|x| *x == highest).unwrap_or(0);
    let half = rest + 0.5 * (highest - rest);
    let rise = light.iter().position(|x| *x >= half).unwrap_or(0);
    let fall = light[peak..].iter().position(|x| *x <= half).unwrap_or(0);
    (rise as f64 * step, fall as f64 * step, highest - rest)
}

#[test]
fn calcium_indicators_rise_and_fall_as_tabulated() {
    // Half-rise and half-decay of one action potential in cultured neurons, ms, and its peak dF/F.
    let table = [
        ("jGCaMP8f", 7.1, 67.4, 0.41),
        ("jGCaMP8m", 7.1, 118.3, 0.76),
        ("jGCaMP8s", 10.1, 306.7, 1.11),
        ("jGCaMP7f", 24.8, 181.9, 0.21),
    ];
    for (name, rise, decay, peak) in table {
        let sensor = sensors::by_name(name).unwrap();
        let step = 1e-4;
        let times: Vec<f64> = (0..600_000).map(|i| f64::from(i) * step).collect();
        let mut data = vec![0.0; times.len()];
        data[0] = 1.0 / step;
        let spikes = Channel { name: "spikes".into(), unit: "Hz".into(), data };
        let recording = Recording::new(times, vec![spikes], EventLog::default(), 60.0).unwrap();
        let light = channel(&LightStage::new(sensor).apply(recording).unwrap(), "light");
        // A minute, so that the baseline of the mean rate is small.
        let (half_rise, half_decay, highest) = half_times(&light, step);
        within(&format!("{name} rise"), 1000.0 * half_rise, rise, 0.05);
        within(&format!("{name} decay"), 1000.0 * half_decay, decay, 0.05);
        within(&format!("{name} peak"), highest, peak, 0.05);
    }
}

#[test]
fn stages_alone_agree_with_the_whole() {
    let (firing, terminal, space) = set("ejdrup-ventral");
    let alone = FiringStage {
        firing,
        from: "teaching".into(),
        patches: Vec::new(),
        projection: "vta-core".into(),
        seed: Seed(1),
        stream: "a".into(),
    };
    let signal = |i: usize| if i % 5000 == 2500 { 1.0 } else { 0.0 };
    let recording = alone.apply(taught(120.0, signal)).unwrap();
    let release = ReleaseStage {
        terminal,
        space,
        from: "spikes".into(),
        cells: 100,
        patches: Vec::new(),
        projection: "vta-core".into(),
        seed: Seed(1),
        stream: "a".into(),
    };
    let parts = release.apply(recording).unwrap();
    let whole = chain("ejdrup-ventral").record(taught(120.0, signal), Seed(1), "a").unwrap();
    assert_eq!(channel(&parts, "spikes"), channel(&whole, "spikes"));
    within("dopamine", mean(&channel(&parts, "dopamine")), mean(&channel(&whole, "dopamine")), 0.02);
}

#[test]
fn a_patch_in_one_projection_leaves_the_others_alone() {
    let mut chain = chain("ejdrup-ventral");
    let usual = chain.record(taught(10.0, |_| 0.0), Seed(1), "p").unwrap();
    chain.patches = vec![Patch::parse("snc-dorsal/firing.stimulation+=20@2:4").unwrap()];
    assert_eq!(chain.record(taught(10.0, |_| 0.0), Seed(1), "p").unwrap(), usual);
    chain.patches = vec![Patch::parse("firing.stimulation+=20@2:4").unwrap()];
    let driven = chain.record(taught(10.0, |_| 0.0), Seed(1), "p").unwrap();
    let during = |r: &Recording| mean(&channel(r, "spikes")[2000..4000]);
    assert!(during(&driven) > during(&usual) + 15.0);
    chain.patches = vec![Patch::parse("terminal.probabilty*=0.5").unwrap()];
    assert!(chain.check().unwrap_err().to_string().contains("probability"));
    chain.patches = vec![Patch::parse("nowhere/terminal.probability*=0.5").unwrap()];
    assert!(chain.check().unwrap_err().to_string().contains("vta-core"));
}

#[test]
fn light_on_a_fibre_is_noisy_by_its_photons_and_fades() {
    let mut chain = chain("ejdrup-ventral");
    chain.fibre = Some(accumbens::transmission::Fibre::default());
    for name in ["blood", "motion", "cord", "read_noise", "bleach_fast", "bleach_slow", "digit"] {
        chain.set(&format!("fibre.{name}"), "0").unwrap();
    }
    chain.set("fibre.autofluorescence", "1").unwrap();
    chain.set("fibre.autofluorescence_time", "1e12").unwrap();
    let recording = chain.record(taught(200.0, |_| 0.0), Seed(1), "f").unwrap();
    let signal = channel(&recording, "signal");
    assert_eq!(signal.len(), 20_000);
    let centre = mean(&signal);
    let sd = (signal.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / signal.len() as f64).sqrt();
    within("shot noise", sd, centre.sqrt(), 0.03);
    // 20% more blood takes 4% of green light (zhang2022).
    let taken = 1.0 - (-accumbens::transmission::Fibre::default().blood_absorption * 0.2_f64).exp();
    assert!((taken - 0.04).abs() < 0.01, "{taken}");
}

#[test]
fn every_theory_that_reaches_the_core_can_be_recorded_and_the_same_seed_gives_the_same_bytes() {
    let experiment = accumbens::experiment::catalogue::by_name("amo2022").unwrap();
    for name in theories::names() {
        let theory = theories::by_name(name).unwrap();
        let chain = chain("ejdrup-ventral");
        let lived = || teaching(&experiment, theory.as_ref(), &chain.projection, (None, 1), None, Seed(1));
        let Ok(sessions) = lived() else { continue };
        let mut first = sessions.into_iter().next().unwrap().recording;
        // The first minute is enough.
        first.times.truncate(60_000);
        first.channels.iter_mut().for_each(|c| c.data.truncate(60_000));
        let one = chain.record(first.clone(), Seed(1), "t").unwrap();
        assert!(channel(&one, "light").iter().all(|x| x.is_finite() && *x >= 1.0), "{name}");
        assert_eq!(one, chain.record(first, Seed(1), "t").unwrap(), "{name}");
    }
}
