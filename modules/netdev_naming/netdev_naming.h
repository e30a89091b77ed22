/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NETDEV_NAMING_H
#define NETDEV_NAMING_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/netdev_naming.h>

/*
 * Locks, in the order in which they are taken:
 *
 * nn_rtnetlink_lock	one question to rtnetlink at a time, and its answer
 *			applied before the next is asked. rtnetlink takes RTNL,
 *			so the notifier must never want this lock.
 * RTNL			taken by others around the notifier. Serializes arrival
 *			and departure of NICs and guards nn_nic.event_device.
 * nn_lock		everything else below. Never held over an access to user
 *			memory: the notifier wants it under RTNL, and a page
 *			fault that user space serves would stall all networking.
 * nn_reader.lock	(before nn_lock) one read(2) or ENUMERATE at a time.
 *
 * A net_device found in nn_nic.netdev under nn_lock stays valid until nn_lock is
 * released, as its unregistration has to clear the pointer first. Nobody holds a
 * reference to a net_device: a NIC never waits for an open descriptor.
 */
extern struct mutex nn_lock;

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

/* Known from its first arrival in the initial namespace to its unregistration. */
struct nn_nic {
	struct kref ref;	/* one until unregistered, one for each handle */
	u64 id;
	struct rcu_head rcu;
	struct device *event_device;	/* under RTNL */
	struct nn_node *node;		/* only for the worker of node_work.c */

	/* Under nn_lock. */
	struct net_device *netdev;	/* NULL once unregistered */
	struct hlist_node by_netdev;
	struct list_head link;		/* nn_nics */
	struct list_head readers;
	bool here;			/* in the initial network namespace */
	bool altnames_stale;
	unsigned int moves;		/* counts changes of namespace */
	unsigned int ifindex;		/* last known in the initial namespace */
	char name[IFNAMSIZ];		/* likewise */
	u64 generation;
	struct nn_altnames altnames;	/* as last seen */
	struct nn_fixed fixed;

	/* Under nn_lock, for node_work.c. */
	unsigned int node_wanted;	/* ifindex of the node; 0: none */
	bool node_announce;
	unsigned long node_ticket;
	struct list_head node_link;
};

/* nic.c: the table of NICs */
extern struct list_head nn_nics;	/* in the order of ids; under nn_lock */
struct nn_nic *nn_nic_create(struct net_device *netdev);
void nn_nic_remove(struct nn_nic *nic);
void nn_nic_put(struct nn_nic *nic);
struct nn_nic *nn_nic_find(const struct net_device *netdev);
struct nn_nic *nn_nic_get_here(struct nn_nic *nic);
void nn_nic_name(const struct nn_nic *nic, char *name);
u64 nn_nic_generation(const struct nn_nic *nic);
struct nn_nic *nn_nic_get_by_id(u64 id);
struct nn_nic *nn_nic_get_by_ifindex(int ifindex);
struct nn_nic *nn_nic_get_by_name(const char *name);
void nn_nic_exit(void);

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

/* node_work.c: the worker that makes nodes of what NICs want */
int nn_node_work_init(void);
void nn_node_work_exit(void);
void nn_node_want(struct nn_nic *nic, unsigned int ifindex);
void nn_node_want_announced(struct nn_nic *nic);
void nn_node_run(void);
void nn_node_announce_and_wait(unsigned int ifindex);

/* notifier.c: what happens to net devices */
int nn_notifier_init(void);
void nn_notifier_exit(void);

/* event.c: records, and the queues in which they wait */
struct nn_queue {
	struct netdev_naming_event *ring;
	unsigned int capacity;
	unsigned int head;
	unsigned int count;
	struct netdev_naming_event one;	/* the ring while there is no other */
};

void nn_queue_init(struct nn_queue *queue);
void nn_queue_clear(struct nn_queue *queue);
unsigned int nn_queue_peek(const struct nn_queue *queue, struct netdev_naming_event *events,
			   unsigned int max);
void nn_queue_pop(struct nn_queue *queue, u64 seq);
void nn_event_emit(struct nn_nic *nic, enum netdev_naming_event_type type, const void *detail,
		   unsigned int detail_len);
u64 nn_event_seq(void);

/* reader.c: an open descriptor */
struct nn_snapshot {
	struct netdev_naming_entry *entries;
	u32 count;
	u32 next;
	u32 serial;
	u64 seq;
};

struct nn_reader {
	struct nn_nic *nic;		/* NULL: all of them */
	struct mutex lock;
	struct nn_snapshot snapshot;	/* under lock */
	wait_queue_head_t wait;
	struct list_head link;		/* under nn_lock, as the queue */
	struct nn_queue queue;
};

extern struct list_head nn_control_readers;	/* under nn_lock */
int nn_reader_permitted(void);
struct nn_reader *nn_reader_create(struct nn_nic *nic);
void nn_reader_destroy(struct nn_reader *reader);
int nn_reader_release(struct inode *inode, struct file *file);
ssize_t nn_reader_read(struct file *file, char __user *buf, size_t len, loff_t *pos);
__poll_t nn_reader_poll(struct file *file, struct poll_table_struct *wait);

/* ioctl.c: dispatch by table */
struct nn_call {
	struct file *file;
	struct nn_reader *reader;
	void *arg;
	struct file *new_file;	/* to be installed as new_fd if all goes well */
	int new_fd;
};

struct nn_ioctl {
	unsigned int cmd;
	unsigned int min_size;	/* as first published */
	unsigned int size;
	int (*handler)(struct nn_call *call);
};

#define NN_IOCTL(_cmd, _type, _last, _handler)				\
	{								\
		.cmd = _cmd,						\
		.min_size = offsetofend(_type, _last),			\
		.size = sizeof(_type),					\
		.handler = _handler,					\
	}

long nn_ioctl_dispatch(struct file *file, const struct nn_ioctl *table, unsigned int nr,
		       unsigned int cmd, unsigned long arg);

/* handle.c: descriptor of one NIC */
extern const struct file_operations nn_handle_fops;
int nn_handle_create(struct nn_call *call, struct nn_nic *nic);

/* info.c, altname.c, enumerate.c, control.c: ioctls */
int nn_info_get(struct nn_call *call);
int nn_altnames_get(struct nn_call *call);
int nn_enumerate(struct nn_call *call);
int nn_control_init(void);
void nn_control_exit(void);

/* altname.c: alternative names */
int nn_altname_init(void);
void nn_altname_exit(void);
void nn_altname_check(struct nn_nic *nic);
void nn_altname_look(void);

/* altname_probe.c: requests to change them */
#define NN_ALTNAME_PENDING_MAX	64
unsigned int nn_altname_probe_take(unsigned int *ifindexes, bool *all);
void nn_altname_probe_init(void);
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

bool nn_place_valid(const struct nn_nic *nic, const struct nn_place *place);
int nn_rtnetlink_ask(struct nn_nic *nic, struct file *file, nn_answer_fn answer, void *arg);
int nn_altnames_read(struct nn_nic *nic, const struct nn_place *place,
		     const struct nlmsghdr *head, struct nn_altnames *copy);

#endif /* NETDEV_NAMING_H */
