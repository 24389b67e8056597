// Calls Pipedrive's own client for Node makes of a sandbox: a line of JSON each, right, wrong or missing.
// node pipedrive_client.cjs <folder of the client> <address of the sandbox> <API token>
"use strict";
const path = require("node:path");
const [folder, url, apiKey] = process.argv.slice(2);
const v1 = require(path.join(folder, "dist/versions/v1/index.js"));
const v2 = require(path.join(folder, "dist/versions/v2/index.js"));
let last; // the answer as it came: the client drops its status
const made = (client, base) => (name) => {
  const api = new client[`${name}Api`](new client.Configuration({ apiKey, basePath: `${url}${base}` }));
  api.axios.defaults.validateStatus = () => true;
  api.axios.interceptors.response.clear();
  api.axios.interceptors.response.use((response) => ((last = response), response.data));
  return api;
};
const one = made(v1, "/api/v1"), two = made(v2, "/api/v2");

const LEAD = "00000000-0000-4000-8000-000000000001";
const NO_LEAD = "00000000-0000-4000-8000-000000000099";
const tell = (group, name, verdict, problem = "") =>
  console.log(JSON.stringify({ group, name, verdict, problem }));
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function sent(call) {
  for (;;) {
    last = undefined;
    await sleep(0.12); // an API token may send 20 requests in two seconds
    const answer = await call().catch((error) => ({ error: String(error) }));
    const status = last ? last.status : 0;
    if (status === 429) await sleep(Number(last.headers["x-ratelimit-reset"]) || 1);
    else if (status >= 200 && status < 300) return { answer };
    else return { status, told: JSON.stringify(answer), missing: status === 501 };
  }
}

// A call that is right when it is answered and `holds` says so of its data.
async function good(group, name, call, holds = () => true) {
  const { answer, status, told, missing } = await sent(call);
  if (missing) return tell(group, name, "missing");
  if (!answer) return tell(group, name, "wrong", `answered ${status}: ${told}`);
  const held = holds(answer.data, answer);
  tell(group, name, held ? "right" : "wrong", held ? "" : `not as expected: ${JSON.stringify(answer).slice(0, 300)}`);
  return answer.data;
}

// A call that is right when it is refused with this status.
async function bad(group, name, wanted, call) {
  const { answer, status, missing } = await sent(call);
  if (missing) return tell(group, name, "missing");
  tell(group, name, status === wanted ? "right" : "wrong", status === wanted ? "" : `answered ${answer ? "200" : status}`);
}

async function notes() {
  const api = one("Notes"), g = "Notes";
  const note = await good(g, "addNote", () => api.addNote({ AddNoteRequest: { content: "<b>x</b>", person_id: 501, pinned_to_person_flag: 1 } }), (d) => d.person.name === "Nia Holt" && d.pinned_to_person_flag === true);
  await bad(g, "addNote without an owner", 400, () => api.addNote({ AddNoteRequest: { content: "x" } }));
  await good(g, "getNote", () => api.getNote({ id: note.id }), (d) => d.content === "<b>x</b>");
  await good(g, "getNotes", () => api.getNotes({ person_id: 501, sort: "add_time DESC" }), (d) => d.length === 1);
  await good(g, "getNotes of another", () => api.getNotes({ person_id: 502 }), (d) => d.length === 0);
  await good(g, "updateNote", () => api.updateNote({ id: note.id, NoteRequest: { content: "y" } }), (d) => d.content === "y" && d.person_id === 501);
  const comment = await good(g, "addNoteComment", () => api.addNoteComment({ id: note.id, CommentPostPutObject: { content: "c" } }), (d) => d.content === "c");
  await good(g, "getNoteComments", () => api.getNoteComments({ id: note.id }), (d) => d.length === 1);
  await good(g, "getComment", () => api.getComment({ id: note.id, commentId: comment.uuid }), (d) => d.uuid === comment.uuid);
  await good(g, "updateCommentForNote", () => api.updateCommentForNote({ id: note.id, commentId: comment.uuid, CommentPostPutObject: { content: "d" } }), (d) => d.content === "d");
  await good(g, "deleteComment", () => api.deleteComment({ id: note.id, commentId: comment.uuid }));
  await good(g, "deleteNote", () => api.deleteNote({ id: note.id }), (d) => d === true);
  await bad(g, "getNote after", 404, () => api.getNote({ id: note.id }));
  await good("NoteFields", "getNoteFields", () => one("NoteFields").getNoteFields(), (d) => d.length > 3);
}

async function fields(entity, label) {
  const g = `${label}Fields`, api = two(g), old = one(g), what = `${label}Field`;
  await good(g, `get${what}s`, () => api[`get${what}s`]({ limit: 3 }), (d, a) => d.length === 3 && a.additional_data.next_cursor);
  const phone = await good(g, `add${what}`, () => api[`add${what}`]({ [`Add${what}Request`]: { field_name: "Fax", field_type: "phone" } }), (d) => d.field_code.length === 40 && d.is_custom_field);
  await bad(g, `add${what} without a type`, 400, () => api[`add${what}`]({ [`Add${what}Request`]: { field_name: "Fax" } }));
  const kind = await good(g, `add${what} with options`, () => api[`add${what}`]({ [`Add${what}Request`]: { field_name: "Kind", field_type: "enum", options: [{ label: "A" }, { label: "B" }] } }), (d) => d.options.length === 2);
  await good(g, `get${what}`, () => api[`get${what}`]({ field_code: phone.field_code }), (d) => d.field_name === "Fax");
  await good(g, `update${what}`, () => api[`update${what}`]({ field_code: phone.field_code, [`Update${what}Request`]: { field_name: "Telefax" } }), (d) => d.field_name === "Telefax");
  await good(g, `v1 get${what}s`, () => old[`get${what}s`]({ start: 0, limit: 500 }), (d) => d.some((each) => each.key === phone.field_code));
  return { phone: phone.field_code, kind: kind.field_code, option: kind.options[1].id, api, what };
}

async function persons() {
  const g = "Persons", api = two(g), f = await fields("person", "Person");
  const made = await good(g, "addPerson", () => api.addPerson({ AddPersonRequest: { name: "Ada Test", phones: [{ value: "+1 415 555 0111" }], custom_fields: { [f.phone]: "+1 415 555 0999", [f.kind]: f.option } } }), (d) => d.first_name === "Ada" && d.phones[0].primary && d.custom_fields[f.kind] === f.option);
  await good(g, "addPerson with add_time", () => api.addPerson({ AddPersonRequest: { name: "Old", add_time: "2025-01-01T00:00:00Z" } }), (d) => d.add_time === "2025-01-01T00:00:00Z");
  await bad(g, "addPerson with two primary phones", 400, () => api.addPerson({ AddPersonRequest: { name: "A", phones: [{ value: "1", primary: true }, { value: "2", primary: true }] } }));
  await bad(g, "addPerson with an unknown key", 400, () => api.addPerson({ AddPersonRequest: { name: "A", nothing: 1 } }));
  await bad(g, "addPerson with an unknown custom field", 400, () => api.addPerson({ AddPersonRequest: { name: "A", custom_fields: { ["0".repeat(40)]: "x" } } }));
  await good(g, "getPerson with labels", () => api.getPerson({ id: made.id, include_option_labels: true, include_labels: true }), (d) => d.custom_fields[f.kind].label === "B" && Array.isArray(d.labels));
  await good(g, "getPerson with one custom field", () => api.getPerson({ id: made.id, custom_fields: f.phone }), (d) => Object.keys(d.custom_fields).length === 1);
  await good(g, "getPerson with counts", () => api.getPerson({ id: 501, include_fields: "open_deals_count,notes_count,next_activity_id" }), (d) => d.open_deals_count === 2);
  await bad(g, "getPerson with an unknown field", 400, () => api.getPerson({ id: 501, include_fields: "nothing" }));
  await bad(g, "getPersons with too many custom fields", 400, () => api.getPersons({ custom_fields: Array(16).fill(f.phone).join() }));
  await good(g, "getPersons", () => api.getPersons({ limit: 2, sort_by: "update_time", sort_direction: "desc" }), (d, a) => d.length === 2 && a.additional_data.next_cursor);
  await good(g, "searchPersons by a custom phone", () => api.searchPersons({ term: "4155550999", fields: "custom_fields" }), (d) => d.items[0].item.id === made.id);
  await good(g, "searchPersons with the picture", () => api.searchPersons({ term: "nia", include_fields: "person.picture" }), (d) => "picture" in d.items[0].item);
  await bad(g, "searchPersons by an unknown field", 400, () => api.searchPersons({ term: "nia", fields: "mobile" }));
  await good(g, "updatePerson", () => api.updatePerson({ id: made.id, UpdatePersonRequest: { org_id: 61 } }), (d) => d.org_id === 61);
  await good(g, "addPersonFollower", () => api.addPersonFollower({ id: made.id, AddDealFollowerRequest: { user_id: 7002 } }), (d) => d.user_id === 7002);
  await good(g, "getPersonFollowers", () => api.getPersonFollowers({ id: made.id }), (d) => d.length === 1);
  await good(g, "deletePersonFollower", () => api.deletePersonFollower({ id: made.id, follower_id: 7002 }));
  await good(g, "mergePersons", () => one(g).mergePersons({ id: made.id, MergePersonsRequest: { merge_with_id: 507 } }), (d) => d.id === 507 && d.merge_what_id === made.id);
  await bad(g, "getPerson after the merge", 404, () => api.getPerson({ id: made.id }));
  await good(g, "deletePerson", () => api.deletePerson({ id: 507 }), (d) => d.id === 507);
  await good("PersonFields", "deletePersonField", () => f.api.deletePersonField({ field_code: f.phone }));
}

async function organizations() {
  const g = "Organizations", api = two(g), f = await fields("organization", "Organization");
  const made = await good(g, "addOrganization", () => api.addOrganization({ AddOrganizationRequest: { name: "Test & Co", address: { value: "Main Street 1" } } }), (d) => d.address.value === "Main Street 1" && d.owner_id === 7001);
  await bad(g, "addOrganization without a name", 400, () => api.addOrganization({ AddOrganizationRequest: {} }));
  await good(g, "getOrganization", () => api.getOrganization({ id: 61, include_fields: "people_count", include_labels: true }), (d) => d.people_count === 1);
  await good(g, "getOrganizations", () => api.getOrganizations({ ids: `61,${made.id}` }), (d) => d.length === 2);
  await good(g, "searchOrganization", () => api.searchOrganization({ term: "test & co", exact_match: true }), (d) => d.items[0].item.address === "Main Street 1");
  await good(g, "updateOrganization", () => api.updateOrganization({ id: made.id, UpdateOrganizationRequest: { name: "Tested", custom_fields: { [f.kind]: f.option } } }), (d) => d.name === "Tested");
  await good(g, "addOrganizationFollower", () => api.addOrganizationFollower({ id: made.id, AddDealFollowerRequest: { user_id: 7002 } }));
  await good(g, "getOrganizationFollowers", () => api.getOrganizationFollowers({ id: made.id }), (d) => d.length === 1);
  await good(g, "deleteOrganization", () => api.deleteOrganization({ id: made.id }));
  await bad(g, "getOrganization after", 404, () => api.getOrganization({ id: made.id }));
}

async function deals() {
  const g = "Deals", api = two(g), f = await fields("deal", "Deal");
  const made = await good(g, "addDeal", () => api.addDeal({ AddDealRequest: { title: "New", person_id: 501, value: 10.5, stage_id: 3, custom_fields: { [f.kind]: f.option } } }), (d) => d.stage_id === 3 && d.status === "open" && d.currency === "EUR");
  await bad(g, "addDeal without a title", 400, () => api.addDeal({ AddDealRequest: { person_id: 501 } }));
  await bad(g, "addDeal with an unknown status", 400, () => api.addDeal({ AddDealRequest: { title: "x", status: "maybe" } }));
  await good(g, "getDeal", () => api.getDeal({ id: made.id, include_fields: "activities_count", include_option_labels: true }), (d) => d.activities_count === 0 && d.custom_fields[f.kind].label === "B");
  await good(g, "getDeals", () => api.getDeals({ person_id: 501, status: "open" }), (d) => d.length === 3);
  await good(g, "getArchivedDeals", () => api.getArchivedDeals({ person_id: 501 }), (d) => d.length === 1);
  await good(g, "searchDeals", () => api.searchDeals({ term: "holt", status: "open" }), (d) => d.items.length === 2 && d.items[0].item.stage.name);
  await good(g, "updateDeal", () => api.updateDeal({ id: made.id, UpdateDealRequest: { status: "won" } }), (d) => d.won_time && d.close_time);
  await good(g, "addDealFollower", () => api.addDealFollower({ id: made.id, AddDealFollowerRequest: { user_id: 7002 } }));
  await good(g, "getDealFollowers", () => api.getDealFollowers({ id: made.id }), (d) => d.length === 1);
  await good(g, "deleteDealFollower", () => api.deleteDealFollower({ id: made.id, follower_id: 7002 }));
  const copy = await good(g, "duplicateDeal", () => one(g).duplicateDeal({ id: made.id }), (d) => d.id > made.id);
  await good(g, "mergeDeals", () => one(g).mergeDeals({ id: copy.id, MergeDealsRequest: { merge_with_id: made.id } }), (d) => d.id === made.id);
  const conversion = await good(g, "convertDealToLead", () => api.convertDealToLead({ id: made.id }), (d) => d.conversion_id);
  await good(g, "getDealConversionStatus", () => api.getDealConversionStatus({ id: made.id, conversion_id: conversion.conversion_id }), (d) => d.status === "completed" && d.lead_id);
  await good(g, "deleteDeal", () => api.deleteDeal({ id: 903 }), (d) => d.id === 903);
}

async function leads() {
  const g = "Leads", api = one(g), next = two(g);
  const made = await good(g, "addLead", () => api.addLead({ AddLeadRequest: { title: "Lead", person_id: 501, value: { amount: 5, currency: "EUR" } } }), (d) => d.id.length === 36);
  await bad(g, "addLead without an owner", 400, () => api.addLead({ AddLeadRequest: { title: "Lead" } }));
  await good(g, "getLead", () => api.getLead({ id: made.id }), (d) => d.value.amount === 5);
  await bad(g, "getLead of nobody", 404, () => api.getLead({ id: NO_LEAD }));
  await good(g, "getLeads sorted", () => api.getLeads({ sort: "title DESC" }), (d) => d.every((each, at) => !at || d[at - 1].title >= each.title));
  await good(g, "getArchivedLeads", () => api.getArchivedLeads(), (d) => d.length === 1 && d[0].is_archived);
  await good(g, "updateLead", () => api.updateLead({ id: made.id, UpdateLeadRequest: { title: "Changed" } }), (d) => d.title === "Changed");
  await good(g, "searchLeads", () => next.searchLeads({ term: "changed" }), (d) => d.items[0].item.visible_to === 3 && d.items[0].item.value === 5);
  await bad(g, "searchLeads by phone", 400, () => next.searchLeads({ term: "changed", fields: "phone" }));
  await good(g, "v1 searchLeads", () => api.searchLeads({ term: "changed" }), (d) => d.items.length === 1);
  const conversion = await good(g, "convertLeadToDeal", () => next.convertLeadToDeal({ id: LEAD, ConvertLeadToDealRequest: {} }), (d) => d.conversion_id);
  await good(g, "getLeadConversionStatus", () => next.getLeadConversionStatus({ id: LEAD, conversion_id: conversion.conversion_id }), (d) => d.deal_id);
  await good(g, "deleteLead", () => api.deleteLead({ id: made.id }), (d) => d.id === made.id);
  const label = await good("LeadLabels", "addLeadLabel", () => one("LeadLabels").addLeadLabel({ AddLeadLabelRequest: { name: "Hot", color: "red" } }), (d) => d.id.length === 36);
  await bad("LeadLabels", "addLeadLabel in no colour", 400, () => one("LeadLabels").addLeadLabel({ AddLeadLabelRequest: { name: "Hot", color: "beige" } }));
  await good("LeadLabels", "getLeadLabels", () => one("LeadLabels").getLeadLabels(), (d) => d.length === 1);
  await good("LeadLabels", "deleteLeadLabel", () => one("LeadLabels").deleteLeadLabel({ id: label.id }));
  await good("LeadFields", "getLeadFields", () => one("LeadFields").getLeadFields({}), (d) => d.length > 5);
}

async function activities() {
  const g = "Activities", api = two(g);
  const location = { value: "Here", country: "PT", admin_area_level_1: "Lisboa", locality: "Lisboa", route: "Rua", street_number: "1", postal_code: "1000" };
  const made = await good(g, "addActivity", () => api.addActivity({ AddActivityRequest: { subject: "Call", type: "call", due_date: "2026-01-02", due_time: "09:10", location, participants: [{ person_id: 501, primary: true }] } }), (d) => d.person_id === 501 && d.location.country === "PT");
  await bad(g, "addActivity with no date", 400, () => api.addActivity({ AddActivityRequest: { due_time: "half past nine" } }));
  await bad(g, "addActivity of an unknown type", 400, () => api.addActivity({ AddActivityRequest: { type: "pigeon" } }));
  await good(g, "getActivity", () => api.getActivity({ id: made.id, include_fields: "attendees" }), (d) => Array.isArray(d.attendees));
  await good(g, "getActivities", () => api.getActivities({ person_id: 501, done: false }), (d) => d.length === 1);
  await good(g, "updateActivity", () => api.updateActivity({ id: made.id, AddActivityRequest: { done: true } }), (d) => d.marked_as_done_time);
  await good(g, "deleteActivity", () => api.deleteActivity({ id: made.id }));
  await good("ActivityFields", "getActivityFields", () => two("ActivityFields").getActivityFields({ limit: 500 }), (d) => d.some((each) => each.field_code === "subject"));
  const types = one("ActivityTypes"), t = "ActivityTypes";
  await good(t, "getActivityTypes", () => types.getActivityTypes(), (d) => d[0].key_string === "call");
  const type = await good(t, "addActivityType", () => types.addActivityType({ AddActivityTypeRequest: { name: "Fax", icon_key: "call" } }), (d) => d.key_string === "fax");
  await good(t, "updateActivityType", () => types.updateActivityType({ id: type.id, UpdateActivityTypeRequest: { name: "Telefax" } }), (d) => d.key_string === "fax");
  await good(t, "deleteActivityType", () => types.deleteActivityType({ id: type.id }));
}

async function settings() {
  await good("Users", "getCurrentUser", () => one("Users").getCurrentUser(), (d) => d.company_domain === "acme-sandbox");
  await good("Users", "getUsers", () => one("Users").getUsers(), (d) => d.length === 3);
  await good("Users", "getUser", () => one("Users").getUser({ id: 7002 }), (d) => d.name === "Kit Moss");
  await good("Users", "findUsersByName", () => one("Users").findUsersByName({ term: "kit" }), (d) => d.length === 1);
  await good("Currencies", "getCurrencies", () => one("Currencies").getCurrencies({ term: "EUR" }), (d) => d.length === 1);
  const pipeline = await good("Pipelines", "addPipeline", () => two("Pipelines").addPipeline({ AddPipelineRequest: { name: "Second" } }));
  await good("Pipelines", "getPipelines", () => two("Pipelines").getPipelines(), (d) => d.length === 2);
  await good("Pipelines", "updatePipeline", () => two("Pipelines").updatePipeline({ id: pipeline.id, UpdatePipelineRequest: { name: "Other" } }), (d) => d.name === "Other");
  const stage = await good("Stages", "addStage", () => two("Stages").addStage({ AddStageRequest: { name: "First", pipeline_id: pipeline.id } }));
  await good("Stages", "getStages", () => two("Stages").getStages({ pipeline_id: pipeline.id }), (d) => d.length === 1);
  await good("Stages", "deleteStage", () => two("Stages").deleteStage({ id: stage.id }));
  await good("Pipelines", "deletePipeline", () => two("Pipelines").deletePipeline({ id: pipeline.id }));
  const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [] }, { glue: "or", conditions: [] }] };
  const filter = await good("Filters", "addFilter", () => one("Filters").addFilter({ AddFilterRequest: { name: "Mine", type: "deals", conditions } }));
  await good("Filters", "getFilters", () => one("Filters").getFilters({ type: "deals" }), (d) => d.length === 1);
  await good("Filters", "getFilter", () => one("Filters").getFilter({ id: filter.id }), (d) => d.conditions.glue === "and");
  await good("Filters", "deleteFilter", () => one("Filters").deleteFilter({ id: filter.id }));
  await good("ItemSearch", "searchItem", () => two("ItemSearch").searchItem({ term: "holt", item_types: "person", search_for_related_items: true }), (d) => d.related_items.length > 0);
  await bad("ItemSearch", "searchItem of an unknown type", 400, () => two("ItemSearch").searchItem({ term: "holt", item_types: "persons" }));
}

async function calls() {
  const g = "CallLogs", api = one(g);
  const log = { outcome: "connected", to_phone_number: "+14155550142", start_time: "2026-01-02T09:00:00Z", end_time: "2026-01-02T09:05:00Z", person_id: 501 };
  const made = await good(g, "addCallLog", () => api.addCallLog({ AddCallLogRequest: log }), (d) => d.has_recording === false);
  await bad(g, "addCallLog without an outcome", 400, () => api.addCallLog({ AddCallLogRequest: { ...log, outcome: undefined } }));
  await good(g, "getCallLog", () => api.getCallLog({ id: made.id }), (d) => d.person_id === 501);
  await good(g, "getUserCallLogs", () => api.getUserCallLogs({}), (d) => d.length === 1);
  await good(g, "addCallLogAudioFile", () => api.addCallLogAudioFile({ id: made.id, file: new File(["sound"], "call.mp3") }));
  await good(g, "deleteCallLog", () => api.deleteCallLog({ id: made.id }));
  const files = one("Files");
  const file = await good("Files", "addFile", () => files.addFile({ file: new File(["text"], "a.txt"), person_id: 501 }), (d) => d.name === "a.txt" && d.file_size === 4);
  if (file) {
    await good("Files", "getFile", () => files.getFile({ id: file.id }));
    await good("Files", "getFiles", () => files.getFiles({}), (d) => d.length === 1);
    await good("Files", "updateFile", () => files.updateFile({ id: file.id, name: "b.txt" }), (d) => d.name === "b.txt");
    await good("Files", "deleteFile", () => files.deleteFile({ id: file.id }));
  }
  const hooks = one("Webhooks");
  const hook = await good("Webhooks", "addWebhook", () => hooks.addWebhook({ AddWebhookRequest: { subscription_url: "http://127.0.0.1:9/", event_action: "create", event_object: "deal", name: "Mine" } }));
  await bad("Webhooks", "addWebhook for no event", 400, () => hooks.addWebhook({ AddWebhookRequest: { subscription_url: "http://127.0.0.1:9/", event_action: "look", event_object: "deal", name: "Mine" } }));
  await good("Webhooks", "getWebhooks", () => hooks.getWebhooks(), (d) => d.length === 1);
  await good("Webhooks", "deleteWebhook", () => hooks.deleteWebhook({ id: hook.id }));
}

async function histories() {
  const deals = two("Deals"), old = one("Deals"), g = "Deals";
  const deal = await good(g, "addDeal for its history", () => deals.addDeal({ AddDealRequest: { title: "Told", person_id: 502, value: 20 } }));
  const id = deal.id;
  await good(g, "updateDeal to another stage", () => deals.updateDeal({ id, UpdateDealRequest: { stage_id: 4 } }), (d) => d.stage_change_time);
  await good(g, "getDealChangelog", () => old.getDealChangelog({ id }), (d) => d.some((row) => row.field_key === "stage_id" && row.new_value === "4"));
  await good(g, "getDealUpdates", () => old.getDealUpdates({ id }), (d) => d[0].object === "dealChange");
  const part = await good(g, "addDealParticipant", () => old.addDealParticipant({ id, AddDealParticipantRequest: { person_id: 503 } }), (d) => d.person.name === "Ines Roth");
  await good(g, "getDealParticipants", () => old.getDealParticipants({ id }), (d) => d.length === 2);
  await good(g, "deleteDealParticipant", () => old.deleteDealParticipant({ id, deal_participant_id: part.id }));
  await good(g, "getDealParticipantsChangelog", () => old.getDealParticipantsChangelog({ id }), (d) => d.length === 2 && d[0].action === "removed");
  await good(g, "addDealFollower for its history", () => deals.addDealFollower({ id, AddDealFollowerRequest: { user_id: 7002 } }));
  await good(g, "getDealFollowersChangelog", () => deals.getDealFollowersChangelog({ id }), (d) => d[0].follower_user_id === 7002);
  await good(g, "getDealUsers", () => old.getDealUsers({ id }), (d) => d.includes(7001));
  await good(g, "getDealMailMessages", () => old.getDealMailMessages({ id }), (d) => d.length === 0);
  const discount = await good(g, "postAdditionalDiscount", () => deals.postAdditionalDiscount({ id, AddAdditionalDiscountRequestBody: { description: "Loyal", amount: 5, type: "amount" } }), (d) => d.deal_id === id);
  await good(g, "updateAdditionalDiscount", () => deals.updateAdditionalDiscount({ id, discount_id: discount.id, UpdateAdditionalDiscountRequestBody: { amount: 6 } }), (d) => d.amount === 6);
  await good(g, "getAdditionalDiscounts", () => deals.getAdditionalDiscounts({ id }), (d) => d.length === 1);
  await good(g, "deleteAdditionalDiscount", () => deals.deleteAdditionalDiscount({ id, discount_id: discount.id }));
  await good(g, "v1 getArchivedDeals", () => old.getArchivedDeals({}), (d) => d.every((row) => row.is_archived && row.user_id.name));
  await good(g, "getDealsSummary", () => old.getDealsSummary({ status: "open" }), (d) => d.total_count > 0);
  await good(g, "getDealsTimeline", () => old.getDealsTimeline({ start_date: "2020-01-01", interval: "quarter", amount: 2, field_key: "add_time" }), (d) => d.length === 2);
  const persons = two("Persons"), people = one("Persons");
  await good("Persons", "updatePerson for its history", () => persons.updatePerson({ id: 502, UpdatePersonRequest: { name: "Omar Told" } }));
  await good("Persons", "getPersonChangelog", () => people.getPersonChangelog({ id: 502 }), (d) => d.some((row) => row.new_value === "Omar Told"));
  await good("Persons", "getPersonUpdates", () => people.getPersonUpdates({ id: 502 }), (d) => d.length > 0);
  const picture = await good("Persons", "addPersonPicture", () => people.addPersonPicture({ id: 502, file: new File(["png"], "a.png") }));
  if (picture) await good("Persons", "getPersonPicture", () => persons.getPersonPicture({ id: 502 }), (d) => d.item_id === 502);
  await good("Organizations", "getOrganizationChangelog", () => one("Organizations").getOrganizationChangelog({ id: 61 }));
  await good("Pipelines", "getPipelineDeals", () => one("Pipelines").getPipelineDeals({ id: 1 }), (d) => d.every((row) => row.pipeline_id === 1));
  await good("Pipelines", "getPipelineMovementStatistics", () => one("Pipelines").getPipelineMovementStatistics({ id: 1, start_date: "2020-01-01", end_date: "2099-01-01" }), (d) => d.movements_between_stages.count > 0);
  await good("Stages", "getStageDeals", () => one("Stages").getStageDeals({ id: 4 }), (d) => d.some((row) => row.id === id));
  await good("Users", "getUserPermissions", () => one("Users").getUserPermissions({ id: 7001 }), (d) => d.can_use_api);
  await good("Recents", "getRecents", () => one("Recents").getRecents({ since_timestamp: "2020-01-01 00:00:00", items: "deal" }), (d) => d.every((row) => row.item === "deal"));
  await good("ItemSearch", "searchItemByField", () => two("ItemSearch").searchItemByField({ term: "told", entity_type: "deal", field: "title" }), (d) => d.some((row) => row.item.id === id));
  const fields = (await one("DealFields").getDealFields({ start: 0, limit: 500 })).data;
  const field_id = String(fields.find((row) => row.key === "title").id);
  const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [{ object: "deal", field_id, operator: "=", value: "Told", extra_value: null }] }] };
  const filter = await good("Filters", "addFilter with a condition", () => one("Filters").addFilter({ AddFilterRequest: { name: "Told", type: "deals", conditions } }));
  await good("Filters", "getDeals by the filter", () => deals.getDeals({ filter_id: filter.id }), (d) => d.length === 1 && d[0].id === id);
}

(async () => {
  for (const group of [notes, deals, persons, organizations, leads, activities, settings, calls, histories])
    await group().catch((error) => tell(group.name, "the rest of the group", "wrong", String(error)));
})();
