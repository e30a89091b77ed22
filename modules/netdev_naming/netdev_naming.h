/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NETDEV_NAMING_H
#define NETDEV_NAMING_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/netdev_naming.h>

#include "common/ioctl.h"

/*
 * Locks, in the order in which they are taken:
 *
 * nn_reader.lock	one read(2) or ENUMERATE of a descriptor at a time. Held
 *			over accesses to user memory.
 * nn_rtnetlink_lock	one question to rtnetlink at a time, and its answer
 *			applied before the next is asked: guards nn_nic.altnames.
 *			rtnetlink takes RTNL, so the notifier must never want it.
 * RTNL			taken by others around the notifier. Serializes arrival
 *			and departure of NICs and guards nn_nic.event_device.
 * nn_lock		the state of the NICs and the writing end of the event
 *			log. The only lock of this module that is taken under
 *			RTNL.
 *
 * Readers of any privilege take nn_lock, so each section under it is as short
 * as a copy of one structure, allocates nothing and touches no user memory. It
 * is a raw spinlock, so that no reader is preempted or throttled in a section
 * under PREEMPT_RT either.
 *
 * NICs are looked up under RCU. A net_device found in nn_nic.netdev under nn_lock
 * stays valid until nn_lock is released, as its unregistration has to clear the
 * pointer first. Nobody holds a reference to a net_device: a NIC never waits for
 * an open descriptor.
 */
extern raw_spinlock_t nn_lock;

/* In /sys/class, /sys/devices, /proc/devices. */
#define NN_NAME		"netdev_naming"
#define NN_MINORS	(MINORMASK + 1)

/* What cannot change while a NIC is registered; empty if there is none. */
struct nn_fixed {
	char kind[NETDEV_NAMING_STRING_SIZE];
	char devtype[NETDEV_NAMING_STRING_SIZE];
	char driver[NETDEV_NAMING_STRING_SIZE];
	char parent_bus[NETDEV_NAMING_STRING_SIZE];
	char parent_name[NETDEV_NAMING_DEVICE_SIZE];
	bool hardware;		/* the net device is not below /sys/devices/virtual */
};

/* Strings one after another, each with its NUL. */
struct nn_altnames {
	char *names;
	unsigned int length;
	unsigned int count;
};

/* A record of the event log. */
struct nn_record {
	u32 stamp;		/* low half of the sequence number */
	u32 link_type;
	struct netdev_naming_event event;
};

/* Known from its first arrival in the initial namespace to its unregistration. */
struct nn_nic {
	struct kref ref;	/* one until unregistered, one for each user */
	struct rcu_head rcu;
	u64 id;
	struct nn_fixed fixed;
	struct hlist_node by_netdev;	/* changed under RTNL, followed under RCU */
	struct device *event_device;	/* under RTNL */
	struct nn_node *node;		/* only for the worker of node_work.c */
	struct nn_altnames altnames;	/* as last seen; under nn_rtnetlink_lock */

	/* Written under nn_lock. */
	struct net_device *netdev;	/* NULL once unregistered */
	bool here;			/* in the initial network namespace */
	unsigned int moves;		/* counts changes of namespace */
	unsigned int ifindex;		/* last known in the initial namespace */
	char name[IFNAMSIZ];		/* likewise */
	u64 generation;
	atomic64_t last_seq;		/* of last.event; zero before the first */
	struct nn_record last;		/* the newest event, however old */
	struct list_head wake_link;	/* log.c */
	struct list_head stale_link;	/* altname.c */

	/* Written under nn_lock, for node_work.c. */
	unsigned int node_wanted;	/* ifindex of the node; 0: none */
	bool node_announce;
	unsigned long node_ticket;
	struct list_head node_link;

	wait_queue_head_t wait;		/* for events */
};

/* nic.c: the table of NICs */
void nn_nic_init(void);
void nn_nic_exit(void);
struct nn_nic *nn_nic_create(struct net_device *netdev);
void nn_nic_remove(struct nn_nic *nic);
void nn_nic_put(struct nn_nic *nic);
struct nn_nic *nn_nic_find(const struct net_device *netdev);
unsigned int nn_nic_count(void);
struct nn_nic *nn_nic_next(struct nn_nic *nic);
struct nn_nic *nn_nic_get_here(struct nn_nic *nic);
struct nn_nic *nn_nic_get_by_id(u64 id);
struct nn_nic *nn_nic_get_by_ifindex(unsigned int ifindex);
struct nn_nic *nn_nic_get_by_name(const char *name);
void nn_nic_name(const struct nn_nic *nic, char *name);
u64 nn_nic_generation(const struct nn_nic *nic);

/* text.c */
bool nn_is_text(const char *name);

/* event_device.c: children of the net devices, by which udev orders events */
int nn_event_device_init(void);
void nn_event_device_exit(void);
bool nn_event_device_add(struct nn_nic *nic, struct device *parent);
bool nn_event_device_change(struct nn_nic *nic, struct device *parent);
void nn_event_device_remove(struct nn_nic *nic);

/* node.c: the devices with a number */
struct nn_node;
int nn_node_init(void);
int nn_node_start(void);
void nn_node_stop(void);
void nn_node_exit(void);
struct nn_node *nn_node_add(struct nn_nic *nic, unsigned int ifindex);
void nn_node_remove(struct nn_node *node);
unsigned int nn_node_ifindex(const struct nn_node *node);
int nn_node_announce(struct nn_node *node);
struct nn_nic *nn_nic_get_by_minor(unsigned int minor);

/* node_work.c: the worker that gives NICs the nodes that they want */
int nn_node_work_init(void);
void nn_node_work_exit(void);
void nn_node_want(struct nn_nic *nic, unsigned int ifindex);
void nn_node_want_announced(struct nn_nic *nic);
void nn_node_run(void);
void nn_node_announce_and_wait(unsigned int ifindex);

/* notifier.c: what happens to net devices */
int nn_notifier_init(void);
void nn_notifier_exit(void);

/* log.c: the events, for all readers */
int nn_log_init(void);
void nn_log_exit(void);
void nn_event_emit(struct nn_nic *nic, enum netdev_naming_event_type type, const void *detail,
		   unsigned int detail_len);
u64 nn_log_last(void);
u64 nn_log_oldest(void);
bool nn_log_copy(u64 seq, struct nn_record *record);
bool nn_log_is_of(u64 seq, u64 id);
wait_queue_head_t *nn_log_wait(void);

/* reader.c: an open descriptor */
struct nn_snapshot {
	struct netdev_naming_entry *entries;
	u32 room;
	u32 count;
	u32 next;
	u32 serial;
	u64 seq;
};

struct nn_reader {
	struct nn_nic *nic;		/* NULL: all of them */
	struct mutex lock;
	struct nn_snapshot snapshot;	/* under lock */
	u32 event_size;			/* under lock */
	u64 generation;			/* under lock; of the NIC's last event that was read */
	atomic64_t cursor;		/* written under lock: the next event to be read */
};

int nn_reader_permitted(void);
struct nn_reader *nn_reader_create(struct nn_nic *nic);
void nn_reader_destroy(struct nn_reader *reader);
int nn_reader_lock(struct nn_reader *reader, const struct file *file);
int nn_reader_release(struct inode *inode, struct file *file);
ssize_t nn_reader_read(struct file *file, char __user *buf, size_t len, loff_t *pos);
__poll_t nn_reader_poll(struct file *file, struct poll_table_struct *wait);
int nn_event_size_set(struct waymark_ioctl_call *call);

static inline struct nn_reader *nn_call_reader(const struct waymark_ioctl_call *call)
{
	return call->file->private_data;
}

/* handle.c: descriptor of one NIC */
extern const struct file_operations nn_handle_fops;
int nn_handle_create(struct waymark_ioctl_call *call, struct nn_nic *nic);

/* info.c, altname.c, enumerate.c, control.c: ioctls */
int nn_info_get(struct waymark_ioctl_call *call);
int nn_altnames_get(struct waymark_ioctl_call *call);
int nn_enumerate(struct waymark_ioctl_call *call);
int nn_control_init(void);
void nn_control_exit(void);

/* altname.c: alternative names */
int nn_altname_init(void);
void nn_altname_exit(void);
void nn_altname_check(struct nn_nic *nic);

/* altname_probe.c: requests to change them */
#define NN_ALTNAME_PENDING_MAX	64
unsigned int nn_altname_probe_take(unsigned int *ifindexes, bool *all);
void nn_altname_probe_init(void (*seen)(void));
void nn_altname_probe_exit(void);

/* rtnetlink.c: what only rtnetlink can tell */
struct nn_place {
	struct net *net;	/* with a reference */
	unsigned int ifindex;
	unsigned int moves;
};

struct nlmsghdr;
typedef int (*nn_answer_fn)(struct nn_nic *nic, const struct nn_place *place,
			    const struct nlmsghdr *head, void *arg);

extern struct mutex nn_rtnetlink_lock;
/* How often to ask again because the NIC moved on, before saying EAGAIN. */
#define NN_ASK_MAX	32

bool nn_place_valid(const struct nn_nic *nic, const struct nn_place *place);
int nn_rtnetlink_ask(struct nn_nic *nic, struct file *file, nn_answer_fn answer, void *arg);
int nn_altnames_read(struct nn_nic *nic, const struct nn_place *place,
		     const struct nlmsghdr *head, struct nn_altnames *copy);

#endif /* NETDEV_NAMING_H */
