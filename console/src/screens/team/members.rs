//! Members of a site, and those who are invited to it.

use leptos::prelude::*;
use survey::api::people::{Invitation, InvitationMade, InvitationRequest, Member, Role};

use super::{role_named, roles};
use crate::api::{Failure, people};
use crate::attempt::Attempt;
use crate::deeds::Deeds;
use crate::feed::{Feed, Pace};
use crate::parts::{AskFirst, CopyText, DeedNotice, Entry, FeedNotice, Hinted, Submit};
use crate::text::{moment_in_words, role_name};

type Everybody = (Vec<Member>, Vec<Invitation>);

async fn everybody(site: String) -> Result<Everybody, Failure> {
    Ok((people::members(&site).await?, people::invitations(&site).await?))
}

#[component]
pub fn MembersSection(site: StoredValue<String>) -> impl IntoView {
    let feed = Feed::new(Pace::Once, move || everybody(site.get_value()));
    let latest = feed.latest();
    let deeds = Deeds::on(feed.state());
    let members = move || {
        let (members, round) = (latest.get().map(|(members, _)| members).unwrap_or_default(), deeds.rounds());
        members.into_iter().map(|member| (member, round)).collect::<Vec<_>>()
    };
    let invited = move || latest.get().map(|(_, invited)| invited).unwrap_or_default();
    view! {
        <section class="section" aria-labelledby="members-title">
            <h2 id="members-title">{tr!("Members")}</h2>
            <FeedNotice state=feed.state()/>
            <DeedNotice deeds=deeds/>
            <ul class="items">
                <For
                    each=members
                    key=|(member, round)| (member.number, member.role.as_str(), *round)
                    children=move |(member, _)| view! { <OneMember member=member site=site deeds=deeds/> }
                />
                <For
                    each=invited
                    key=|invitation| invitation.id.clone()
                    children=move |invitation| view! { <OneInvitation invitation=invitation site=site deeds=deeds/> }
                />
            </ul>
            <Invite site=site on_made=Callback::new(move |()| feed.state().again())/>
        </section>
    }
}

#[component]
fn OneMember(member: Member, site: StoredValue<String>, deeds: Deeds) -> impl IntoView {
    let Member { number, email, role } = member;
    let change = move |chosen: String| {
        let role = role_named(&chosen);
        deeds.run(async move { people::change_role(&site.get_value(), number, role).await });
    };
    let remove = Callback::new(move |()| {
        deeds.run(async move { people::remove_member(&site.get_value(), number).await });
    });
    let option = move |(known, name, _): (Role, &'static str, &'static str)| {
        view! {
            <option value=known.as_str() prop:selected=known == role>
                {name}
            </option>
        }
    };
    view! {
        <li class="item">
            <div>
                <strong>
                    <bdi>{email.clone()}</bdi>
                </strong>
            </div>
            <div class="item-end">
                <label class="picker">
                    <span class="unseen">{tr!("Role of {email}", email)}</span>
                    <select on:change:target=move |event| change(event.target().value())>{roles().map(option)}</select>
                </label>
                <AskFirst
                    label=tr!("Remove")
                    of=email
                    warning=tr!("Off this site, with the tokens and links they made. Their account stays.")
                    yes=tr!("Remove them")
                    no=tr!("Keep them")
                    on_yes=remove
                />
            </div>
        </li>
    }
}

#[component]
fn OneInvitation(invitation: Invitation, site: StoredValue<String>, deeds: Deeds) -> impl IntoView {
    let Invitation { id, email, role, invited_by, expires_at } = invitation;
    let withdraw = Callback::new(move |()| {
        let id = id.clone();
        deeds.run(async move { people::withdraw_invitation(&site.get_value(), &id).await });
    });
    view! {
        <li class="item">
            <div>
                <strong>
                    <bdi>{email.clone()}</bdi>
                </strong>
                <p class="secondary">
                    {tr!("Invited as {role} by {by}; the link is good until {until}", role = role_name(role), by = invited_by, until = moment_in_words(&expires_at))}
                </p>
            </div>
            <div class="item-end">
                <AskFirst
                    label=tr!("Withdraw")
                    of=email
                    warning=tr!("Their link lets nobody in any more.")
                    yes=tr!("Withdraw it")
                    no=tr!("Keep it")
                    on_yes=withdraw
                />
            </div>
        </li>
    }
}

#[component]
fn Invite(site: StoredValue<String>, on_made: Callback<()>) -> impl IntoView {
    let attempt = Attempt::new("invite", &["email"]);
    let (email, role) = (RwSignal::new(String::new()), RwSignal::new(Role::Viewer));
    let made = RwSignal::new(None::<InvitationMade>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        made.set(None);
        let request = InvitationRequest { email: email.get_untracked(), role: role.get_untracked() };
        attempt.make(async move { people::invite(&site.get_value(), &request).await }, move |invitation| {
            email.set(String::new());
            made.set(Some(invitation));
            on_made.run(());
        });
    };
    let choice = move |(known, label, hint): (Role, &'static str, &'static str)| {
        let is_chosen = Signal::derive(move || role.get() == known);
        let choose = Callback::new(move |_| role.set(known));
        view! { <Hinted kind="radio" name="invite-role" label=label hint=hint is_checked=is_chosen on_change=choose/> }
    };
    let link = move |InvitationMade { link, invitation }: InvitationMade| {
        view! {
            <p class="secondary">
                {tr!(
                    "Pass this link on to {whom}, and to nobody else: whoever opens it first joins. It is not shown again, and good for a week.",
                    whom = invitation.email
                )}
            </p>
            <CopyText text=link what=tr!("the link")/>
        }
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label=tr!("Invite somebody")>
            <Entry attempt=attempt field="email" label=tr!("Invite somebody") kind="email" hint=tr!("Nothing is mailed: you pass the link on.") value=email/>
            <fieldset>
                <legend class="unseen">{tr!("What they may do")}</legend>
                {roles().map(choice)}
            </fieldset>
            <Submit attempt=attempt label=tr!("Make the invitation") busy=tr!("Making it …")/>
            <div role="status">{move || made.get().map(link)}</div>
        </form>
    }
}
