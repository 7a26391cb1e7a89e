//! The part of the story that is about people: accounts, roles, invitations, sessions, tokens, keys, the log, and the end.

use survey::api::people::Role;
use survey::api::sharing::Shown;

use super::{NOON, Place, Sends, Shop, Visit, answers, help_survey, operator, shop};
use crate::clock::{DAY_MS, day_of};
use crate::secret::{Purpose, Secret};
use crate::store::sql::tables::{Record, tables};
use crate::store::sql::{Connection, Value};
use crate::store::{
    AcceptError, Actor, AddSiteError, By, Decision, FirstAccountError, Granted, InvitationRecord, MemberRecord,
    MembershipError, NewSession, Newcomer, NoSuchSite, NotChanged, RotationError, Scope, SiteRecord, Store, StoreError,
    TokenError, TokenRecord, UserNumber,
};

/// In which tables a site's name stands, and how often.
async fn rows_of(store: &Store, site: &str) -> Vec<String> {
    let names_it =
        |record: &Record| record.iter().any(|value| matches!(value, Value::Text(Some(text)) if text == site));
    let found = async |connection: &mut Connection| {
        let mut found = Vec::new();
        for table in tables(connection).await? {
            let rows = table.next(connection, None).await?.iter().filter(|record| names_it(record)).count();
            if rows > 0 {
                found.push(format!("{}: {rows}", table.name));
            }
        }
        Ok(found)
    };
    store.database.snapshot(found).await.unwrap()
}

fn anna() -> Newcomer {
    Newcomer { email: "anna@shop.example".into(), password_hash: Some("hash".into()) }
}

async fn session_of(store: &Store, user: UserNumber, began_at: i64) -> Secret {
    let secret = Secret::make(Purpose::Session);
    let (hash, browser) = (secret.hash(), "firefox on linux".to_owned());
    let password_hash = store.user(user).await.unwrap().unwrap().password_hash;
    let expires_at = began_at + DAY_MS;
    let session = NewSession { hash, user, password_hash, browser, began_at, expires_at, replaces: None };
    assert!(store.begin_session(&session).await.unwrap());
    let outdated = NewSession {
        password_hash: "of an earlier password".into(),
        hash: Secret::make(Purpose::Session).hash(),
        ..session
    };
    assert!(!store.begin_session(&outdated).await.unwrap());
    secret
}

pub(super) async fn of_two_who_begin_at_once_one_has_the_first_account_and_only_owners_add_sites(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    assert!(store.has_no_account().await.unwrap());
    let (one, other) = tokio::join!(
        store.make_first_account("anna@shop.example", "hash", NOON),
        store.make_first_account("ben@shop.example", "hash", NOON)
    );
    let both = [one, other];
    assert_eq!(both.iter().filter(|made| made.is_ok()).count(), 1, "{both:?}");
    assert!(both.iter().any(|made| matches!(made, Err(FirstAccountError::NotTheFirst))), "{both:?}");
    assert!(!store.has_no_account().await.unwrap());
    let first = store.users().await.unwrap().remove(0);

    assert_eq!(store.sites_of(first.number).await.unwrap().len(), 2, "what was there and had nobody is theirs");

    let record = store.site(&shop()).await.unwrap().unwrap();
    let site = |key: &str| SiteRecord { key: key.parse().unwrap(), ..record.clone() };
    store
        .grant(&shop(), &Newcomer { email: "vera@shop.example".into(), ..anna() }, Role::Viewer, &operator())
        .await
        .unwrap();
    let vera = store.members(&shop()).await.unwrap().remove(1);
    let refused = store.add_site(&site("second"), &vera, &operator()).await;
    assert!(matches!(refused, Err(AddSiteError::NotAnOwner)), "there is one, and it is not theirs: {refused:?}");
    let member = MemberRecord { user: first.number, email: first.email, role: Role::Owner };
    store.add_site(&site("second"), &member, &operator()).await.unwrap();
    let again = store.add_site(&site("second"), &member, &operator()).await;
    assert!(matches!(again, Err(AddSiteError::Taken { .. })), "{again:?}");
    assert_eq!(store.sites_of(first.number).await.unwrap().len(), 3);

    let renamed = |site: SiteRecord| SiteRecord { name: "Renamed".into(), ..site };
    let key = "second".parse().unwrap();
    assert_eq!(store.change_site(&key, &operator(), renamed).await.unwrap().name, "Renamed");
    let gone = store.change_site(&"third".parse().unwrap(), &operator(), renamed).await;
    assert!(matches!(gone, Err(NotChanged::NoSuchSite(_))), "{gone:?}");
}

pub(super) async fn there_is_always_an_owner_and_everybody_has_the_role_that_they_were_given(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    let by = operator();
    assert_eq!(store.grant(&shop(), &anna(), Role::Owner, &by).await.unwrap(), Granted::Joined);
    let refused = store.grant(&shop(), &anna(), Role::Owner, &by).await;
    assert!(matches!(refused, Err(MembershipError::HasAccount { .. })), "{refused:?}");
    let known = Newcomer { password_hash: None, ..anna() };
    let refused = store.grant(&shop(), &known, Role::Viewer, &by).await;
    assert!(matches!(refused, Err(MembershipError::LastOwner { .. })), "{refused:?}");

    let secret = Secret::make(Purpose::Invitation);
    let (hash, email) = (secret.hash(), "ben@shop.example".to_owned());
    let invitation =
        InvitationRecord { hash, email, role: Role::Owner, invited_by: "anna".into(), expires_at: NOON + DAY_MS };
    store.invite(&shop(), &invitation, &by).await.unwrap();
    assert!(store.offer(&hash, NOON + DAY_MS).await.unwrap().is_none(), "it has expired by then");
    let ben = store.accept_invitation(&hash, Some("hash"), NOON).await.unwrap();
    let again = store.accept_invitation(&hash, Some("hash"), NOON).await;
    assert!(matches!(again, Err(AcceptError::Gone)), "{again:?}");
    let second = InvitationRecord { hash: Secret::make(Purpose::Invitation).hash(), ..invitation };
    let other = "other".parse().unwrap();
    store.invite(&other, &second, &by).await.unwrap();
    let late = store.accept_invitation(&second.hash, Some("hash"), NOON).await.unwrap_err().to_string();
    assert!(late.starts_with("ben@shop.example has an account by now") && !late.contains('`'), "{late}");
    let (id, elsewhere) = (second.hash.id(), store.withdraw_invitation(&shop(), &second.hash.id(), &by).await);
    let elsewhere = elsewhere.unwrap_err().to_string();
    assert!(elsewhere.starts_with(&format!("there is no invitation {id} on site shop")), "{elsewhere}");

    assert_eq!(store.grant(&shop(), &known, Role::Viewer, &by).await.unwrap(), Granted::Changed(Role::Owner));
    let members = store.members(&shop()).await.unwrap();
    let roles: Vec<_> = members.iter().map(|member| (member.email.as_str(), member.role)).collect();
    assert_eq!(roles, [("anna@shop.example", Role::Viewer), ("ben@shop.example", Role::Owner)]);
    let log = store.log(&shop(), None, 10).await.unwrap();
    let deeds: Vec<_> = log.iter().map(|line| (line.number, line.deed.as_str(), line.actor.as_str())).collect();
    assert_eq!(deeds[0], (6, "role_changed", "command line"));
    assert_eq!(deeds[1], (5, "joined", "ben@shop.example"));
    assert_eq!(store.log(&shop(), Some(5), 1).await.unwrap()[0].deed, "invited");

    let refused = store.remove_member(&shop(), ben.user, &by).await;
    assert!(matches!(refused, Err(MembershipError::LastOwner { .. })), "{refused:?}");
    assert_eq!(store.remove_account("anna@shop.example", &by).await.unwrap(), [shop()]);
    assert_eq!(store.users().await.unwrap().len(), 1);
}

pub(super) async fn sessions_and_tokens_tell_whose_they_are_until_they_end(place: Place) {
    let shop_ = Shop::open(place).await;
    let store = &shop_.store;
    let by = operator();
    store.grant(&shop(), &anna(), Role::Editor, &by).await.unwrap();
    let user = store.user_by_email("anna@shop.example").await.unwrap().unwrap().number;
    let first = session_of(store, user, NOON).await;
    let second = session_of(store, user, NOON + 1).await;
    let signed_in = store.signed_in(&first.hash(), Some(&shop()), NOON + 2).await.unwrap().unwrap();
    assert_eq!((signed_in.user, signed_in.role), (user, Some(Role::Editor)));
    let elsewhere = store.signed_in(&first.hash(), Some(&"other".parse().unwrap()), NOON + 2).await.unwrap();
    assert_eq!(elsewhere.unwrap().role, None);
    assert!(store.signed_in(&first.hash(), None, NOON + DAY_MS).await.unwrap().is_none(), "it has ended by then");
    store.use_session(&first.hash(), NOON + 5, NOON + 2 * DAY_MS).await.unwrap();
    assert!(store.signed_in(&first.hash(), None, NOON + DAY_MS).await.unwrap().is_some());
    store.set_password(user, "another", Some(&second.hash()), &by).await.unwrap();
    let left = store.sessions_of(user, NOON + 2).await.unwrap();
    assert_eq!(left.iter().map(|session| session.hash).collect::<Vec<_>>(), [second.hash()]);
    for later in 0..25 {
        session_of(store, user, NOON + 10 + later).await;
    }
    assert_eq!(store.sessions_of(user, NOON + 50).await.unwrap().len(), 20, "the oldest have ended");

    let secret = Secret::make(Purpose::Token);
    let token = TokenRecord {
        hash: secret.hash(),
        name: "nightly".into(),
        scope: Scope::Role(Role::Viewer),
        made_by: "anna@shop.example".into(),
        made_at: NOON,
        expires_at: NOON + DAY_MS,
        used_day: None,
    };
    store.make_token(&shop(), &token, &by).await.unwrap();
    let holder = store.token_holder(&secret.hash(), NOON).await.unwrap().unwrap();
    assert_eq!((&holder.site, holder.scope, holder.used_day), (&shop(), Scope::Role(Role::Viewer), None));
    store.use_token(&holder, day_of(NOON)).await.unwrap();
    assert_eq!(store.tokens(&shop(), NOON).await.unwrap()[0].used_day, Some(day_of(NOON)));
    assert!(store.token_holder(&secret.hash(), NOON + DAY_MS).await.unwrap().is_none(), "it has expired by then");
    store.revoke_token(&shop(), &secret.hash().id(), &by).await.unwrap();
    assert!(store.token_holder(&secret.hash(), NOON).await.unwrap().is_none());
}

pub(super) async fn a_link_is_good_for_what_it_was_shared_until_it_ends_and_is_no_programs_token(place: Place) {
    let shop_ = Shop::open(place).await;
    let (store, by) = (&shop_.store, operator());
    let kept = |scope| {
        let secret = Secret::make(Purpose::Share);
        let (hash, made_by) = (secret.hash(), "anna@shop.example".to_owned());
        let expires_at = NOON + DAY_MS;
        TokenRecord { hash, name: scope_name(scope), scope, made_by, made_at: NOON, expires_at, used_day: None }
    };
    let (figures, badges) = (kept(Scope::Share(Shown::Figures)), kept(Scope::Share(Shown::Badges)));
    let program = kept(Scope::Role(Role::Editor));
    for token in [&figures, &badges, &program] {
        store.make_token(&shop(), token, &by).await.unwrap();
        let holder = store.token_holder(&token.hash, NOON).await.unwrap().unwrap();
        assert_eq!((&holder.site, holder.scope, holder.expires_at), (&shop(), token.scope, NOON + DAY_MS));
        assert!(store.token_holder(&token.hash, NOON + DAY_MS).await.unwrap().is_none(), "it has ended by then");
    }
    assert_eq!(store.tokens(&shop(), NOON).await.unwrap().len(), 3);

    let not_a_token = store.revoke_token(&shop(), &figures.hash.id(), &by).await;
    assert!(matches!(not_a_token, Err(TokenError::NoSuchToken(_))), "{not_a_token:?}");
    let not_a_link = store.withdraw_share(&shop(), &program.hash.id(), &by).await;
    assert!(matches!(not_a_link, Err(TokenError::NoSuchShare(_))), "{not_a_link:?}");
    let elsewhere = store.withdraw_share(&"other".parse().unwrap(), &figures.hash.id(), &by).await;
    assert!(matches!(elsewhere, Err(TokenError::NoSuchShare(_))), "{elsewhere:?}");
    assert_eq!(store.tokens(&shop(), NOON).await.unwrap().len(), 3, "a refusal changes nothing");

    store.withdraw_share(&shop(), &figures.hash.id(), &by).await.unwrap();
    assert!(store.token_holder(&figures.hash, NOON).await.unwrap().is_none());
    let log = store.log(&shop(), None, 2).await.unwrap();
    let told: Vec<_> = log.iter().map(|line| (line.deed.as_str(), line.subject.as_str())).collect();
    assert_eq!(told, [("share_withdrawn", "figures"), ("token_made", "editor")]);
    assert!(!log.iter().any(|line| line.details.contains("pf_")), "{log:?}");
}

fn scope_name(scope: Scope) -> String {
    match scope {
        Scope::Role(role) => role.to_string(),
        Scope::Share(shown) => shown.to_string(),
    }
}

pub(super) async fn a_site_has_its_name_for_ever_and_its_keys_for_a_while(place: Place) {
    let shop_ = Shop::open(place).await;
    let by = operator();
    let (old, new) = (shop(), "shop-2".parse().unwrap());
    shop_.store.rotate_key(&old, &new, NOON + DAY_MS, &by).await.unwrap();
    let taken = shop_.store.rotate_key(&"other".parse().unwrap(), &new, NOON, &by).await;
    assert!(matches!(taken, Err(RotationError::Taken(_))), "{taken:?}");
    let snapshot = shop_.snapshot().await;
    let by_key = |key, now| snapshot.site_of(key, now).map(|site| site.key().clone());
    assert_eq!((by_key(&old, NOON), by_key(&new, NOON)), (Some(shop()), Some(shop())));
    assert_eq!((by_key(&old, NOON + DAY_MS), by_key(&new, NOON + DAY_MS)), (None, Some(shop())));
    assert_eq!(snapshot.site(&shop()).unwrap().newest_key(), &new);
    assert_eq!(
        shop_.store.keys(&"other".parse().unwrap()).await.unwrap()[0].retires_at,
        None,
        "a refusal changes nothing"
    );
}

pub(super) async fn a_site_that_is_removed_leaves_nothing_and_others_stay(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 7)]).await;
    shop_.commit("other", &[answers(2, 1, 7)]).await;
    let store = &shop_.store;
    let others = rows_of(store, "other").await;
    store.grant(&shop(), &anna(), Role::Owner, &operator()).await.unwrap();
    store.remove_site(&shop()).await.unwrap();
    assert_eq!(rows_of(store, "shop").await, Vec::<String>::new(), "whatever tables there are");
    assert_eq!(rows_of(store, "other").await, others);
    assert!(store.site(&shop()).await.unwrap().is_none());
    assert!(store.log(&shop(), None, 10).await.unwrap().is_empty());
    let gone = store.change_settings::<StoreErrorOrGone>(&shop(), &operator(), Ok).await;
    assert!(matches!(gone, Err(StoreErrorOrGone::Gone)), "{gone:?}");
    assert!(store.site(&"other".parse().unwrap()).await.unwrap().is_some());
    assert_eq!(store.users().await.unwrap().len(), 1, "the account stays");
    let by = By { actor: Actor::Token("nightly".into()), at: NOON };
    assert_eq!(by.actor.to_string(), "token nightly");
}

pub(super) async fn what_still_arrives_while_a_site_is_removed_goes_with_it(place: Place) {
    let shop_ = Shop::open(place).await;
    shop_.commit("shop", &[answers(1, 1, 7)]).await;
    let store = &shop_.store;
    store.close_doors(&shop()).await.unwrap();
    store.remove_responses(&shop()).await.unwrap();
    store.remove_days(&shop()).await.unwrap();
    let said = r#"{"question":"who","value":{"contact":[["email","ann@home.example"]]}},
                  {"question":"why","value":{"text":"It waited in another collector"}}"#;
    let late = Visit { visitor: 2, page: "/late", sends: Sends::Says { rev: 1, answers: said } };
    shop_.commit("shop", &[late]).await;
    shop_.tag("shop", 2, &["bug"]).await.unwrap();
    store.remove_rest(&shop()).await.unwrap();
    assert_eq!(rows_of(store, "shop").await, Vec::<String>::new(), "whatever tables there are");
}

pub(super) async fn a_site_that_is_being_removed_takes_nothing_and_its_name_is_nobody_elses(place: Place) {
    let shop_ = Shop::open(place).await;
    let (store, by) = (&shop_.store, operator());
    let rival = Newcomer { email: "rival@other.example".into(), ..anna() };
    store.grant(&shop(), &anna(), Role::Owner, &by).await.unwrap();
    store.grant(&shop(), &Newcomer { email: "vera@shop.example".into(), ..anna() }, Role::Viewer, &by).await.unwrap();
    store.grant(&"other".parse().unwrap(), &rival, Role::Owner, &by).await.unwrap();
    let rival = store.members(&"other".parse().unwrap()).await.unwrap().remove(0);
    let help = "help".parse().unwrap();
    store.decide_survey(&shop(), &help, Decision::Pause, &by).await.unwrap();
    let record = store.site(&shop()).await.unwrap().unwrap();
    store.close_doors(&shop()).await.unwrap();

    let snapshot = shop_.snapshot().await;
    assert!(snapshot.site_of(&shop(), NOON).is_none(), "its pages reach nothing");
    assert!(snapshot.site(&shop()).is_some());
    let survey = store.survey(&shop(), &help).await.unwrap().unwrap();
    assert!(survey.is_paused, "what was paused does not run again at last");
    let members = store.members(&shop()).await.unwrap();
    let members: Vec<_> = members.iter().map(|member| member.email.as_str()).collect();
    assert_eq!(members, ["anna@shop.example"], "an owner can go on with it, and nobody else is there any more");

    let stolen = store.add_site(&record, &rival, &by).await;
    assert!(matches!(stolen, Err(AddSiteError::Taken { .. })), "{stolen:?}");
    let revived = store.put_site(&record, &by).await;
    assert!(matches!(revived, Err(AddSiteError::BeingRemoved(_))), "{revived:?}");
    let opened = store.rotate_key(&shop(), &"shop-2".parse().unwrap(), NOON, &by).await;
    assert!(matches!(opened, Err(RotationError::NoSuchSite(_))), "{opened:?}");
    assert_eq!(store.sites_of(rival.user).await.unwrap(), ["other".parse().unwrap()], "a refusal changes nothing");

    store.remove_site(&shop()).await.unwrap();
    assert_eq!(rows_of(store, "shop").await, Vec::<String>::new());
    store.add_site(&record, &rival, &by).await.unwrap();
    store.publish(&shop(), help_survey("Easy?"), &by).await.unwrap();
    shop_.commit("shop", &[answers(1, 1, 7)]).await;
    let anew = rows_of(store, "shop").await;
    store.remove_responses(&shop()).await.unwrap();
    store.remove_days(&shop()).await.unwrap();
    store.remove_rest(&shop()).await.unwrap();
    assert_eq!(rows_of(store, "shop").await, anew, "whoever removed the one before leaves the new one alone");
}

pub(super) async fn whoever_gets_a_smaller_role_keeps_no_way_to_what_it_does_not_allow(place: Place) {
    let shop_ = Shop::open(place).await;
    let (store, by) = (&shop_.store, operator());
    for email in ["anna@shop.example", "ben@shop.example"] {
        store.grant(&shop(), &Newcomer { email: email.into(), ..anna() }, Role::Owner, &by).await.unwrap();
        for role in [Role::Viewer, Role::Editor, Role::Owner] {
            let (hash, invited) = (Secret::make(Purpose::Invitation).hash(), format!("{role}-of-{email}"));
            let (invited_by, expires_at) = (email.to_owned(), NOON + DAY_MS);
            let invitation = InvitationRecord { hash, email: invited, role, invited_by, expires_at };
            store.invite(&shop(), &invitation, &by).await.unwrap();
        }
        for scope in [Scope::Role(Role::Viewer), Scope::Role(Role::Editor), Scope::Share(Shown::Figures)] {
            let (hash, made_by) = (Secret::make(Purpose::Token).hash(), email.to_owned());
            let (name, expires_at) = (scope_name(scope), NOON + DAY_MS);
            let token = TokenRecord { hash, name, scope, made_by, made_at: NOON, expires_at, used_day: None };
            store.make_token(&shop(), &token, &by).await.unwrap();
        }
    }
    let left = async || {
        let invitations = store.invitations(&shop(), NOON).await.unwrap().into_iter();
        let invitations = invitations.filter(|open| open.invited_by.starts_with("anna")).map(|open| open.role);
        let tokens = store.tokens(&shop(), NOON).await.unwrap().into_iter();
        let tokens = tokens.filter(|token| token.made_by.starts_with("anna")).map(|token| token.name);
        (invitations.collect::<Vec<_>>(), tokens.collect::<Vec<_>>())
    };
    let known = Newcomer { password_hash: None, ..anna() };
    store.grant(&shop(), &known, Role::Editor, &by).await.unwrap();
    let (invitations, tokens) = left().await;
    assert_eq!(invitations, [Role::Editor, Role::Viewer]);
    assert_eq!(tokens, ["editor", "figures", "viewer"]);
    let user = store.user_by_email("anna@shop.example").await.unwrap().unwrap().number;
    store.change_role(&shop(), user, Role::Viewer, &by).await.unwrap();
    let (invitations, tokens) = left().await;
    assert_eq!(invitations, [Role::Viewer]);
    assert_eq!(tokens, ["figures", "viewer"], "figures are what a viewer may see");
    let log = store.log(&shop(), None, 1).await.unwrap().remove(0);
    assert_eq!(log.details, "editor → viewer; with 1 tokens and 1 invitations of theirs that allow more");
    assert_eq!(store.invitations(&shop(), NOON).await.unwrap().len(), 4, "others keep theirs");
    store.change_role(&shop(), user, Role::Owner, &by).await.unwrap();
    assert_eq!(left().await.1, ["figures", "viewer"]);
    assert_eq!(store.log(&shop(), None, 1).await.unwrap()[0].details, "viewer → owner");
}

#[derive(Debug)]
enum StoreErrorOrGone {
    Gone,
    Store(#[expect(dead_code, reason = "shown where a story fails")] StoreError),
}

impl From<StoreError> for StoreErrorOrGone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NoSuchSite> for StoreErrorOrGone {
    fn from(_: NoSuchSite) -> Self {
        Self::Gone
    }
}
