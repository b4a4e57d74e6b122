import { afterAll, expect } from "@jest/globals";
import { EICAR, EICAR_NAME, useClamd } from "../../support/clamd.js";
import { mailedTo, type MailedPerson, verifiedPerson } from "../../support/mail-world.js";
import { needs } from "../../support/needs.js";
import { SmtpSink, unfolded } from "../../support/smtp-sink.js";
import { useWorld } from "../../support/use-world.js";

const sink = await SmtpSink.start();
const clamd = useClamd();
const token = "m".repeat(32);
const world = useWorld({ ...mailedTo(sink), clamdUrl: clamd.unix, metricsToken: token });
afterAll(() => sink.close());

const mailsTo = ({ email }: MailedPerson) =>
  sink.mails.filter(({ to }) => to.includes(email)).map(unfolded);

const { describe, test } = needs("clamd");

describe("Content that is put into quarantine", () => {
  test("is told to its owner and to the admins, once for all its copies, and stands in the audit log", async () => {
    const owner = await verifiedPerson(world(), sink);
    const admin = await verifiedPerson(world(), sink);
    await world().setRole(admin.client, "admin");
    const stranger = await verifiedPerson(world(), sink);
    const file = await owner.client.store("invoice.com", EICAR);
    await owner.client.post(`/api/v1/files/${file.id}/copy`, { name: "copy.com" });

    await world().settle();

    const told = mailsTo(owner).filter((mail) => mail.includes("is in quarantine"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`Found: ${EICAR_NAME}`);
    expect(told[0]).toMatch(/File: (?:invoice|copy)\.com/);
    const toAdmin = mailsTo(admin).filter((mail) => mail.includes("put into quarantine"));
    expect(toAdmin).toHaveLength(1);
    expect(toAdmin[0]).not.toContain("invoice.com");
    expect(mailsTo(stranger).filter((mail) => mail.includes("quarantine"))).toEqual([]);
    const { items } = (await owner.client.get("/api/v1/me/audit?action=quarantine.add")).json;
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ actor: null, changes: { reason: [null, EICAR_NAME] } });
  });
});

describe("Scans", () => {
  test("are counted by outcome, with the time that they took", async () => {
    const client = await world().member();
    await client.store("a", "hello");
    await client.store("b.com", EICAR);
    await world().settle();

    const { bytes } = await world()
      .visitor()
      .get("/metrics", { Authorization: `Bearer ${token}` });

    const metrics = bytes.toString();
    expect(metrics).toMatch(/^stowage_scans_total\{outcome="clean"\} [1-9]/m);
    expect(metrics).toMatch(/^stowage_scans_total\{outcome="infected"\} [1-9]/m);
    expect(metrics).toMatch(/^stowage_scan_seconds_total\{outcome="clean"\} /m);
  });
});
