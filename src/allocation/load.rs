//! How busy each node is: open work a server, as the floor tells it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::NodeId;
use crate::kernel::time::Span;

/// Differences in open work a server below this count as none.
const GRAIN: u64 = 15 * Span::MINUTE.0;

/// Open work by node. Shared between threads; a reader may see it a moment late.
#[derive(Debug, Default)]
pub struct NodeLoad {
    nodes: Vec<(AtomicU64, u64)>,
}

impl NodeLoad {
    /// `servers` by node; 0 counts as 1.
    pub fn new(servers: &[u32]) -> NodeLoad {
        NodeLoad {
            nodes: servers.iter().map(|&servers| (AtomicU64::new(0), u64::from(servers.max(1)))).collect(),
        }
    }

    /// Work was given to the node's floor.
    pub fn add(&self, node: NodeId, work: Span) {
        // Relaxed: a number to steer by; nothing is published with it.
        self.nodes[node.index()].0.fetch_add(work.0, Ordering::Relaxed);
    }

    /// Work was done, or taken back.
    pub fn take(&self, node: NodeId, work: Span) {
        let before = self.nodes[node.index()].0.fetch_sub(work.0, Ordering::Relaxed);
        assert!(work.0 <= before, "more work was done at node {} than was given", node.0);
    }

    /// Open work a server.
    pub fn per_server(&self, node: NodeId) -> Span {
        let (work, servers) = &self.nodes[node.index()];
        Span(work.load(Ordering::Relaxed) / servers)
    }

    /// Open work.
    pub fn open(&self, node: NodeId) -> Span {
        Span(self.nodes[node.index()].0.load(Ordering::Relaxed))
    }

    /// Open work a server in quarter hours, rounded down.
    pub fn level(&self, node: NodeId) -> u64 {
        self.per_server(node).0 / GRAIN
    }
}
