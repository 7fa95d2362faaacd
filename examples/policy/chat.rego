# Rules for plans of chatform, for conftest: chatform plan --json > plan.json; conftest test --policy policy plan.json
package main

# The domains of your own organization.
internal_domains := {"example.com"}

minimum_owners := 2

minimum_retention_days := 365

# A file that is not a plan, or an incomplete one, would pass all other rules.
deny contains "This is not a plan: write one with chatform plan --json." if not input.chatform.plan

deny contains "The plan has errors." if input.errored

# METADATA
# description: A room of one owner has none as soon as that owner leaves.
deny contains msg if {
	some room in rooms
	owners := count(object.get(room.values, "owners", []))
	owners < minimum_owners
	msg := sprintf("%s declares %d of at least %d owners", [room.address, owners, minimum_owners])
}

# METADATA
# description: Personnel matters stay inside. A person whose e-mail is unknown counts as external.
deny contains msg if {
	some room in rooms
	startswith(room.address, "rooms/hr-")
	some id in people_in(room)
	email := object.get(input.chatform.plan.people, id, id)
	not is_internal(email)
	msg := sprintf("%s must not have %s: the domain is not one of ours", [room.address, email])
}

# METADATA
# description: Messages are kept for a year at least.
deny contains msg if {
	some settings in resources
	settings.type == "chat_settings"
	days := settings.values.messageRetentionPeriodDays
	days < minimum_retention_days
	msg := sprintf("messageRetentionPeriodDays must not be below %d: %d", [minimum_retention_days, days])
}

# All declared resources with their planned values, changed or not.
resources := input.planned_values.root_module.resources

rooms contains resource if {
	some resource in resources
	resource.type == "chat_room"
}

people_in(room) := {id |
	some list in ["owners", "participants"]
	some id in object.get(room.values, list, [])
}

is_internal(email) if {
	some domain in internal_domains
	endswith(lower(email), concat("", ["@", domain]))
}
