import type { ShownAnswers } from "./shown.js";
import type { AnimalMetadata, Subject, TrackOptions } from "./types.js";

/** An event as the API takes it. The visitor is in the token. */
export interface Event {
  eventId: string;
  eventType: string;
  timestamp: string;
  animal_id?: string;
  animalMetadata?: AnimalMetadata;
  recommendationId?: string;
  impression?: string[];
  eventValue?: number;
}

/** Make the event of something that the visitor did, with the answer that it follows from. */
export function makeEvent(eventType: string, subject: Subject, shown: ShownAnswers, options: TrackOptions): Event {
  const { animalId, metadata } = readSubject(subject);
  const { group, ...attribution } = shown.find(animalId ?? groupOf(subject) ?? "");
  const animalMetadata = metadata ?? (group ? metadataOf(group) : undefined);
  return {
    eventId: newId(),
    eventType,
    timestamp: (options.timestamp ?? new Date()).toISOString(),
    ...(animalId ? { animal_id: animalId } : {}),
    ...(animalMetadata ? { animalMetadata } : {}),
    ...attribution,
    ...(options.eventValue === undefined ? {} : { eventValue: options.eventValue }),
  };
}

function readSubject(subject: Subject): { animalId?: string | undefined; metadata?: AnimalMetadata | undefined } {
  if ("source" in subject) return { animalId: subject.pet?.id, metadata: metadataOf(subject.id) };
  if ("animalId" in subject) return { animalId: subject.animalId, metadata: subject.animalMetadata };
  if ("animalMetadata" in subject) return { metadata: subject.animalMetadata };
  if (typeof subject.id !== "string") throw new TypeError("the subject of an event names no animal");
  return { animalId: subject.id };
}

/** Return the group of a subject that names no pet, as far as it is known. */
function groupOf(subject: Subject): string | undefined {
  if ("source" in subject) return subject.id;
  if (!("animalMetadata" in subject) || !subject.animalMetadata) return undefined;
  const { animal_species_id, animal_primary_breed_id, animal_size_id, animal_age_id } = subject.animalMetadata;
  return [animal_species_id, animal_primary_breed_id, animal_size_id || 0, animal_age_id || 0].join("-");
}

/** Return the fields of a group `{species}-{breed}-{size}-{age}`; a breed may have hyphens of its own. */
function metadataOf(group: string): AnimalMetadata | undefined {
  const [, species, breed, size, age] = /^(\d+)-(.+)-(\d+)-(\d+)$/.exec(group) ?? [];
  if (!species || !breed || !size || !age) return undefined;
  return { animal_species_id: species, animal_primary_breed_id: breed, animal_size_id: size, animal_age_id: age };
}

function newId(): string {
  const pages: Partial<Crypto> = crypto; // without TLS a page has no randomUUID
  return pages.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
}
