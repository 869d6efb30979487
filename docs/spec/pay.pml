/* How one debt is paid at most once, over a platform that promises nothing.
 *
 * Read README.md beside it. One debt is enough: every guard is a guard of one
 * debt. Up to TRIES instructions may be made for it, one after another, by NIGHTS
 * processes at the same time, which may die between any two steps, as often as
 * they like. The platform pays every copy of a request that reaches it, whenever it likes.
 *
 * Without a flag this must hold. Each flag under "guards" takes one guard away,
 * and then it must not; each flag under "reach" claims that something good never
 * happens, and must be proved wrong.
 */

#ifndef NIGHTS
#define NIGHTS 2
#endif
#define TRIES 3

mtype = { NONE, INTENT, SENDING, UNSURE, ACKED, PAID, FAILED, RETURNED, VOID };

/* What the journal knows, what is true, and what may be told: by instruction. */
typedef Instruction {
	mtype state = NONE;     /* in the journal */
	byte wire = 0;          /* copies of the request under way */
	bool late = false;      /* the time to write it is over */
	bool paid = false;      /* the platform moved the money */
	bool refused = false;   /* it said that it will not */
	bool back = false;      /* the money came back */
}
Instruction ours[TRIES];

byte executed = 0;          /* payments of the debt */
byte returned = 0;          /* of them, how many came back */
bool restored = false;      /* an old copy of the journal was put in its place */

/* The side log has every step of the journal and is not restored with it. All
 * that matters of it is whether it has a step that the journal lacks. */
bool copying = false;       /* a copy of the journal was made */
bool grown = false;         /* and since then the side log has grown */

#define STATE(i)    ours[i].state
#define ANY(s)      (STATE(0) == s || STATE(1) == s || STATE(2) == s)
#define HOLDS(i)    (STATE(i) == INTENT || STATE(i) == SENDING || STATE(i) == UNSURE || STATE(i) == ACKED || STATE(i) == PAID)
#define SENT(i)     (STATE(i) == SENDING || STATE(i) == UNSURE || STATE(i) == ACKED)
#define KNOWN(i)    (STATE(i) != NONE && STATE(i) != INTENT && STATE(i) != VOID)

#ifdef NO_HOLD
#define DEBT_IS_FREE true
#else
#define DEBT_IS_FREE (!HOLDS(0) && !HOLDS(1) && !HOLDS(2))
#endif

#ifdef RESTORE
#define NOTE grown = copying
#else
#define NOTE skip
#endif
#ifdef SIDE_LOG
#define NO_DOUBT !(restored && grown)
#else
#define NO_DOUBT true
#endif

/* first sets i to the first instruction in the state, or to TRIES. */
inline first(i, wanted) {
	i = 0;
	do
	:: i < TRIES && STATE(i) != wanted -> i++
	:: else -> break
	od
}

/* Here we may die: the next night begins anew, with what is on disk. */
#define HERE_WE_MAY_DIE if :: goto night :: skip fi

proctype Night() {
	byte i;
	byte writes;
	bool free;
night:
	i = 0; writes = 0;
end_night:
	if
	:: atomic { ANY(SENDING) -> first(i, SENDING); STATE(i) = UNSURE }; goto night                        /* the sender died, or seems to have */
	:: atomic { ANY(INTENT) -> first(i, INTENT) }                                                      /* something waits to be sent */
	:: atomic { ANY(NONE) -> free = DEBT_IS_FREE; first(i, NONE) }; goto propose
	fi;
	/* look, and dial: nothing was sent yet */
	if
	:: atomic { STATE(i) == INTENT && NO_DOUBT -> STATE(i) = VOID; NOTE }; goto night                 /* it is not owed any more */
	:: goto night                                                                                     /* no connection, or we die */
	:: skip
	fi;
#ifndef RECORD_LATE
	/* begin: compare and swap, on disk before the first byte */
	atomic {
		if
#ifdef BEGIN_TWICE
		:: (STATE(i) == INTENT || STATE(i) == SENDING) && NO_DOUBT -> STATE(i) = SENDING; NOTE
#else
		:: STATE(i) == INTENT && NO_DOUBT -> STATE(i) = SENDING; NOTE
#endif
		:: else -> goto night
		fi
	};
#endif
	HERE_WE_MAY_DIE;
write:
#ifdef NO_DEADLINE
	ours[i].wire++;
#else
	atomic { if :: !ours[i].late -> ours[i].wire++ :: else fi };
#endif
	writes++;
	/* record: an acknowledgement, or anything else, where the world was not
	 * quicker. It may be acknowledged and lost all the same, so the answer is
	 * not tied to what is true. */
	if
	:: atomic { STATE(i) == SENDING || STATE(i) == UNSURE -> STATE(i) = ACKED }
	:: atomic { STATE(i) == SENDING -> STATE(i) = UNSURE }
	:: goto night                                                                                     /* or we die */
#ifdef RESEND
	:: writes < 2 -> goto write
#endif
#ifdef TRUST_ANSWER
	:: atomic { STATE(i) == SENDING -> STATE(i) = FAILED }
#endif
#ifdef RECORD_LATE
	:: atomic { STATE(i) == INTENT -> STATE(i) = ACKED }
#endif
	fi;
	goto night;
propose:
	/* an approved instruction is written down where none holds the debt; the
	 * journal asks again when it is written */
	atomic {
		if
		:: free && DEBT_IS_FREE && i < TRIES && STATE(i) == NONE && NO_DOUBT -> STATE(i) = INTENT; NOTE
		:: else
		fi
	};
	goto night
}

#if defined(REACH_PAID)
#define REACHED(i) (executed == 0)
#elif defined(REACH_SECOND)
#define REACHED(i) (i == 0 || STATE(0) != FAILED)
#elif defined(REACH_AGAIN)
#define REACHED(i) (returned == 0)
#else
#define REACHED(i) true
#endif

#ifdef MISMATCH
#define FREED_BY_FAILURE(i) newest
#else
#define FREED_BY_FAILURE(i) i
#endif

/* Everything outside the program that concerns one instruction. */
proctype World(byte i) {
	byte newest;
end_world:
	do
	/* the platform */
	:: atomic {
		ours[i].wire > 0 -> ours[i].wire--; executed++; ours[i].paid = true;
		assert(executed - returned <= 1);
		assert(restored || KNOWN(i));
		assert(REACHED(i))
	   }
	:: atomic { ours[i].wire > 0 && !ours[i].paid -> ours[i].wire--; ours[i].refused = true }
	:: atomic { ours[i].wire > 0 -> ours[i].wire-- }
	:: atomic { ours[i].paid && !ours[i].back -> ours[i].back = true; returned++ }
#ifdef LYING
	:: atomic { ours[i].wire > 0 -> ours[i].refused = true }
#endif
	/* the clock */
	:: atomic { SENT(i) && !ours[i].late -> ours[i].late = true }

	/* webhooks: late, never, repeated, in any order */
	:: atomic { ours[i].paid && STATE(i) != NONE && STATE(i) != PAID && STATE(i) != RETURNED -> STATE(i) = PAID }
	:: atomic {
		ours[i].refused ->
		newest = TRIES - 1;
		do :: newest > 0 && STATE(newest) == NONE -> newest-- :: else -> break od;
		if
		:: SENT(FREED_BY_FAILURE(i)) -> STATE(FREED_BY_FAILURE(i)) = FAILED
		:: STATE(FREED_BY_FAILURE(i)) == INTENT -> STATE(FREED_BY_FAILURE(i)) = UNSURE   /* the journal is older than the world */
		:: else
		fi;
		newest = 0
	   }
	:: atomic { ours[i].back && (SENT(i) || STATE(i) == PAID || STATE(i) == FAILED) -> STATE(i) = RETURNED }

	/* two people with a reference, a day after nobody can write it any more */
#ifdef TOO_EARLY
	:: atomic { (STATE(i) == UNSURE || STATE(i) == ACKED) && !ours[i].paid -> STATE(i) = FAILED }
#else
	:: atomic { (STATE(i) == UNSURE || STATE(i) == ACKED) && ours[i].late && ours[i].wire == 0 && !ours[i].paid -> STATE(i) = FAILED }
#endif
#ifdef CLAIM
	:: atomic { STATE(i) == ACKED || STATE(i) == PAID -> STATE(i) = RETURNED }            /* "the money never came" */
#endif
#ifdef TIME_FREES
	:: atomic { STATE(i) == UNSURE && ours[i].late -> STATE(i) = FAILED }
#endif
	od
}

#ifdef RESTORE
/* A copy of the journal is made at some moment and put in its place at another. */
mtype copied[TRIES] = NONE;

proctype Backup() {
	byte i;
	d_step {
		i = 0;
		do :: i < TRIES -> copied[i] = STATE(i); i++ :: else -> break od;
		copying = true
	};
	d_step {
		i = 0;
		do :: i < TRIES -> STATE(i) = copied[i]; i++ :: else -> break od;
		restored = true
	}
}
#endif

init {
	byte i = 0;
	atomic {
		do
		:: i < NIGHTS -> run Night(); i++
		:: else -> break
		od;
		i = 0;
		do
		:: i < TRIES -> run World(i); i++
		:: else -> break
		od;
#ifdef RESTORE
		run Backup()
#endif
	}
}
