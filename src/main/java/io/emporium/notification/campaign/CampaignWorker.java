package io.emporium.notification.campaign;

import io.emporium.outbox.NotAWorker;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** Goes round the campaigns, a step for each, until none has more to do for the moment. */
@ApplicationScoped
class CampaignWorker {
    // Whoever closes waits for the round: it ends, and the next goes on.
    private static final int ROUNDS = 100;

    private final CampaignWork work;
    private final CampaignRecipients recipients;

    CampaignWorker(CampaignWork work, CampaignRecipients recipients) {
        this.recipients = recipients;
        this.work = work;
    }

    @Scheduled(
            every = "${emporium.campaigns.work-every}",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
            skipExecutionIf = NotAWorker.class)
    void work() {
        List<Long> busy = new ArrayList<>(work.due());
        for (int round = 0; round < ROUNDS && !busy.isEmpty(); round++) {
            busy.removeIf(campaign -> !step(campaign));
        }
    }

    private boolean step(long campaign) {
        try {
            return work.step(campaign);
        } catch (RuntimeException fault) {
            if (CampaignWork.isOfWhatIsWritten(fault)) {
                return findWhoItIs(campaign);
            }
            // The step has not happened, and is tried again with the next round; other campaigns go on.
            Log.warnf(fault, "Campaign %d did not get on", campaign);
            return false;
        }
    }

    /** One of the next mails cannot be written: they are written one by one until it is that one's turn, who gets none. */
    private boolean findWhoItIs(long campaign) {
        try {
            return work.stepWithOneMail(campaign);
        } catch (CampaignWork.Spoilt spoilt) {
            Log.warnf(spoilt, "Campaign %d has no mail for recipient %d", campaign, spoilt.recipientId());
            recipients.passOver(spoilt.recipientId());
            return true;
        } catch (RuntimeException fault) {
            Log.warnf(fault, "Campaign %d did not get on", campaign);
            return false;
        }
    }
}
